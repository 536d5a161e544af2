"""observed.json of the fixtures: read and written."""

import json
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
# fixtures/input is left out: Django refuses to load it, that is what it is for.
KINDS = ("rules", "advised", "silent", "history", "projects")
# Written by pairs.py, for their plans alone: of them nothing is observed.
PLANNED_KINDS = (*KINDS, "pairs")
HEAD = ("django", "postgres", "time_zone", "servers")
DEFAULT_TIME_ZONE = "UTC"
DEFAULT_POSTGRES = 15


def choose(names, kinds=KINDS):
    folders = [folder for kind in kinds for folder in sorted((FIXTURES / kind).glob("*")) if folder.is_dir()]
    unknown = set(names) - {folder.name for folder in folders}
    if unknown:
        raise SystemExit(f"no such fixture: {', '.join(sorted(unknown))}")
    return [folder for folder in folders if not names or folder.name in names]


def is_observed(fixture):
    """Whether Django could run it: not where a migration imports what is nowhere."""
    return (fixture / "observed.json").exists()


def read(fixture):
    return json.loads((fixture / "observed.json").read_text())


def write(fixture, seen):
    (fixture / "observed.json").write_text(one_statement_a_line(seen))


def in_order_of_run(seen):
    """Those that ran in a database to themselves, the squashes, come after the others."""
    return sorted(seen["migrations"], key=runs_apart)


def runs_apart(entry):
    return entry.get("database") == "new"


def statements(entry):
    """Those of a migration in the order in which they ran, each with the index of its operation."""
    for kind in ("statements", "deferred"):
        for index, operation in enumerate(entry["operations"]):
            for statement in operation.get(kind, []):
                yield index, statement


def one_statement_a_line(seen):
    """JSON in which a changed statement is one changed line."""
    heads = [{name: value for name, value in entry.items() if name != "operations"} for entry in seen["migrations"]]
    migrations = [
        f'  {{{dumps(head)[1:-1]}, "operations": [\n{operations_text(entry["operations"])}\n  ]}}'
        for head, entry in zip(heads, seen["migrations"])
    ]
    head = {name: value for name, value in seen.items() if name in HEAD and value != DEFAULT_TIME_ZONE}
    return "{\n " + dumps(head)[1:-1] + ',\n "migrations": [\n' + ",\n".join(migrations) + "\n ]\n}\n"


def operations_text(operations):
    return ",\n".join(operation_text(operation) for operation in operations)


def operation_text(operation):
    lines = [f'   {{"class": {dumps(operation["class"])}']
    for kind in ("statements", "deferred"):
        if operation.get(kind):
            statements = ",\n".join("     " + dumps(statement) for statement in operation[kind])
            lines.append(f'    "{kind}": [\n{statements}]')
    return ",\n".join(lines) + "}"


def dumps(value):
    return json.dumps(value, ensure_ascii=False)
