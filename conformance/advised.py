"""Writes fixtures/advised/RULE from the first plan of fixtures/rules/RULE."""

import re
import shutil
from pathlib import Path

import observed
from in_place import header, operations_of, put_in_place


def write_advised(fixture, planned):
    """The migrations of the plan that the rule of this name tells first among `planned`, with the history before them."""
    rule = fixture.name
    found = [finding for finding in planned if finding["rule"] == rule]
    if fixture.parent.name != "rules" or not found:
        return
    advised = fixture.parent.parent / "advised" / rule
    shutil.rmtree(advised, ignore_errors=True)
    shutil.copytree(fixture, advised, ignore=shutil.ignore_patterns("observed.json", "new_code.json"))
    targets = put_in_place(advised, found[0])
    own = {target["path"] for target in targets if target.get("path")}
    keep_what_is_needed(advised, found[0], own)
    print(advised.relative_to(observed.FIXTURES))


def keep_what_is_needed(project, finding, own):
    """Leaves out migrations that the plan's do not depend on, marks, and the file of the operation if nothing is left in it."""
    path = project / finding["path"]
    dependencies = {}
    for file in project.glob("*/migrations/0*.py"):
        found = re.findall(r"\(\s*[\"'](\w+)[\"'],\s*[\"'](\w+)[\"'],?\s*\)", header(file.read_text()))
        dependencies[file.parent.parent.name, file.stem] = set(found)
    wanted = {(finding["app"], Path(name).stem) for name in own}
    while more := {name for key in wanted for name in dependencies.get(key, ())} - wanted:
        wanted |= more
    for app, name in dependencies.keys() - wanted:
        (project / app / "migrations" / f"{name}.py").unlink()
    if not operations_of(path.read_text()):
        parents = header(path.read_text())
        first = project / sorted(own)[0]
        first.write_text(re.sub(r"    dependencies = .*\n", lambda _: parents, first.read_text(), count=1))
        path.unlink()
    for file in project.glob("*/migrations/0*.py"):
        file.write_text(re.sub(r"  # (expect|row):.*", "", file.read_text()))
