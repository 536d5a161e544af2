"""What `makemigrations` would write after a release: the state of its migrations against the models that the plan says."""

import ast
import importlib.util
import sys
from pathlib import Path


class Models:
    """The models of each release: those that the operation leads to, with the lines that the plan writes."""

    def __init__(self, finding, before, original, goal):
        self.finding = finding
        self.app = finding["app"]
        self.before = before
        # The module of the original migration: its names are what models.py has imported, and its operation is the goal.
        self.module = module_of(original, Path(finding["path"]).with_name(f"{goal}.py"))
        [self.operation] = self.module.Migration.operations

    def changes(self, state, release):
        """The operations that are missing; none is what has to be."""
        from django.db.migrations.autodetector import MigrationAutodetector
        from django.db.migrations.questioner import MigrationQuestioner
        from django.db.models.options import normalize_together

        models = self.of(release)
        for model in models.models.values():
            # Models have them as sets, whatever an old migration wrote.
            for option in {"unique_together", "index_together"} & model.options.keys():
                model.options[option] = set(normalize_together(model.options[option]))
        detector = MigrationAutodetector(state, models, MigrationQuestioner({"ask_initial": False}))
        found = detector._detect_changes()
        return [f"{app}: {operation.describe()}" for app, new in found.items() for one in new for operation in one.operations]

    def of(self, release):
        steps = [step for step in self.finding["plan"]["steps"] if step["release"] <= release]
        if not any(step["kind"] == "migration" for step in steps):
            return self.before
        models = self.before.clone()
        self.operation.state_forwards(self.app, models)
        for step in steps:
            if step["kind"] == "code":
                self.write(models, ast.parse(step["code"]).body, step)
        # Rendered again.
        models.__dict__.pop("apps", None)
        return models

    def write(self, models, lines, step):
        for line in lines:
            if isinstance(line, ast.ClassDef):
                [option] = line.body
                model = models.models[self.app, self.operation.new_name_lower]
                model.options[option.targets[0].id] = ast.literal_eval(option.value)
            else:
                name = line.targets[0].id
                field = eval(ast.unparse(line.value), self.names(step))
                models.models[self.app, self.operation.model_name_lower].fields[name] = field

    def names(self, step):
        """What the module of the migration imports, and the plan's own migrations of that release."""
        names = dict(vars(self.module))
        for other in self.finding["plan"]["steps"]:
            if other["kind"] == "migration" and other["release"] == step["release"]:
                imports = [node for node in ast.parse(other["code"]).body if isinstance(node, (ast.Import, ast.ImportFrom))]
                exec(ast.unparse(ast.Module(imports, [])), names)
        return names


def module_of(original, path):
    """As a module of the same package, for what it imports from there."""
    name = ".".join([*path.parent.parts, f"original_{path.stem}"])
    spec = importlib.util.spec_from_file_location(name, original / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
