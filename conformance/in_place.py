"""The migrations of a plan in place of its operation, in a copy of the project."""

import ast
import re


def put_in_place(project, finding):
    """Writes the plan's migrations in place of the operation; the names of all of them, with the commands between them."""
    path = project / finding["path"]
    source = path.read_text()
    operations = operations_of(source)
    index = finding["operation"]["index"]
    head = header(source)
    # What stands behind the operation is no part of either.
    before = operations[:index]
    drop_later(project, finding)
    app = finding["app"]
    texts = [body(before)]
    targets = []
    for step in finding["plan"]["steps"]:
        if step["kind"] == "migration":
            texts.append(step["code"])
            targets.append({"release": step["release"], "migration": True})
        elif step["kind"] == "command":
            file = path.parent.parent / step["path"]
            for folder in (file.parent.parent, file.parent):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "__init__.py").touch()
            file.write_text(step["code"])
            targets.append({"release": step["release"], "command": file.stem})
    parent = finding["migration"]
    path.write_text(source_without_class(source) + "\n\n" + with_dependencies(texts[0], head))
    number = 0
    for target in targets:
        if "migration" not in target:
            continue
        number += 1
        code = texts[number]
        name = f"{finding['migration']}_{number:02}"
        text = with_dependencies(code, f"    dependencies = [({app!r}, {parent!r})]\n")
        (path.parent / f"{name}.py").write_text(text)
        target.update(migration=name, app=app, path=str((path.parent / f"{name}.py").relative_to(project)))
        parent = name
    return targets


def cut(project, finding):
    """Leaves out what stands behind the operation, which gets a migration of its own: its name."""
    path = project / finding["path"]
    source = path.read_text()
    index = finding["operation"]["index"]
    operations = operations_of(source)
    drop_later(project, finding)
    rest = source_without_class(source) + "\n\n"
    path.write_text(rest + with_dependencies(body(operations[:index]), header(source)))
    name = f"{finding['migration']}_original"
    lines = f"    dependencies = [({finding['app']!r}, {finding['migration']!r})]\n" + header(source, ("atomic",))
    path.with_name(f"{name}.py").write_text(rest + with_dependencies(body([operations[index]]), lines))
    return name


def class_of(source):
    tree = ast.parse(source)
    return tree, next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration")


def operations_of(source):
    _, migration = class_of(source)
    for node in migration.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "operations":
            return [ast.get_source_segment(source, item) for item in node.value.elts]
    raise SystemExit("no list of operations")


def stands_alone(source, index):
    """Whether the operation stands in a list in which an index leads to it, and names nothing that its own module defines: a copy of
    that would be another one to Django."""
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    assigned = [node for found in classes for node in found.body if isinstance(node, ast.Assign)]
    lists = [node.value for node in assigned if node.targets[0].id == "operations" and isinstance(node.value, ast.List)]
    if not lists or any(isinstance(item, ast.Starred) for item in lists[0].elts):
        return False
    defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    defined |= {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    operation = lists[0].elts[index]
    # Code that runs is no part of the models' state.
    if isinstance(operation, ast.Call) and getattr(operation.func, "attr", None) == "RunPython":
        return True
    return not any(isinstance(node, ast.Name) and node.id in defined for node in ast.walk(operation))


def header(source, wanted=("dependencies", "run_before", "initial", "atomic")):
    """What else the class says: dependencies and the like."""
    _, migration = class_of(source)
    lines = []
    for node in migration.body:
        if isinstance(node, ast.Assign) and node.targets[0].id in wanted:
            lines.append("    " + ast.get_source_segment(source, node) + "\n")
    return "".join(lines)


def source_without_class(source):
    tree, migration = class_of(source)
    lines = source.split("\n")
    start = min([migration.lineno] + [item.lineno for item in migration.decorator_list]) - 1
    return "\n".join(lines[:start] + lines[migration.end_lineno :])


def body(operations):
    items = "".join(f"        {operation},\n" for operation in operations)
    return f"class Migration(migrations.Migration):\n    operations = [\n{items}    ]\n"


def with_dependencies(code, lines):
    return code.replace("class Migration(migrations.Migration):\n", "class Migration(migrations.Migration):\n" + lines, 1)


def drop_later(project, finding):
    """The migrations of all apps that depend on this one. Those of a package may stay: folders tell no labels there, and nothing runs them."""
    if (project / "conformance_settings.py").exists():
        return
    gone = {(finding["app"], finding["migration"])}
    while True:
        found = set()
        for file in project.rglob("migrations/0*.py"):
            own = (file.parent.parent.name, file.stem)
            text = file.read_text()
            if own not in gone and any(re.search(rf"\(\s*[\"']{a}[\"'],\s*[\"']{n}[\"']", text) for a, n in gone):
                found.add(own)
                file.unlink()
        if not found:
            return
        gone |= found
