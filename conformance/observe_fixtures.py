#!/usr/bin/env python3
"""Runs fixtures with real Django on a real PostgreSQL and rewrites their observed.json.

    conformance/observe_fixtures.py                        all that Django can run
    conformance/observe_fixtures.py create-table shop      some, by the name of their folder

What stands in observed.json is what the server showed; the marks beside it are a human's decision.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import record
import server

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
# fixtures/input is left out: Django refuses to load it, that is what it is for.
KINDS = ("rules", "advised", "silent", "history", "projects")
DJANGO = "5.2"
# ANALYZE in the background would lock tables and change plans while we look; what parallel workers read is counted apart.
SERVER_SETTINGS = ("autovacuum=off", "max_parallel_maintenance_workers=0", "max_parallel_workers_per_gather=0")


def main():
    arguments = parse_arguments()
    chosen = choose(arguments.fixtures)
    pythons = {fixture: environment(requirements(fixture), arguments.work) for fixture in chosen}
    with server.scratch_server(*SERVER_SETTINGS) as port, ThreadPoolExecutor(arguments.jobs) as pool:
        failed = list(pool.map(lambda fixture: not observe(fixture, pythons[fixture], port), chosen))
    sys.exit(1 if any(failed) else 0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", nargs="*", metavar="FIXTURE", help="names of folders; default: all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    return parser.parse_args()


def choose(names):
    folders = [folder for kind in KINDS for folder in sorted((FIXTURES / kind).glob("*")) if folder.is_dir()]
    unknown = set(names) - {folder.name for folder in folders}
    if unknown:
        raise SystemExit(f"no such fixture: {', '.join(sorted(unknown))}")
    return [folder for folder in folders if not names or folder.name in names]


# Environments


def requirements(fixture):
    """What a fixture wants besides Django and the driver, which are the same for all."""
    path = fixture / "requirements.txt"
    lines = path.read_text().split("\n") if path.exists() else []
    return tuple(line for line in lines if line and not re.match(r"(?i)(#|django\b(?!-)|psycopg\b)", line))


def environment(packages, work):
    """A virtual environment for each set of packages."""
    name = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:8] if packages else "plain"
    venv = work / "venvs" / f"fixtures-{DJANGO}-{name}"
    python, done = venv / "bin" / "python", venv / "complete"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        if packages:
            record.pip(python, *packages)
        # Last, and whatever the packages say about it.
        record.pip(python, f"django=={record.DJANGO_VERSIONS[DJANGO]}", "psycopg[binary]>=3.1", "tzdata")
        done.touch()
    return python


# Observing


def observe(fixture, python, port):
    try:
        seen = run(fixture, python, port, "ORIGINALS")
        if seen["not_run"]:
            # A squash beside its originals runs only on new databases; here it comes from such a run.
            squashes = run(fixture, python, port, "SQUASHES")
            seen["migrations"] += [entry for entry in squashes["migrations"] if key(entry) in seen["not_run"]]
    except subprocess.CalledProcessError as error:
        print(f"{fixture.name}: {error.stderr.decode().strip()}", file=sys.stderr)
        return False
    (fixture / "observed.json").write_text(one_statement_a_line(seen))
    print(fixture.relative_to(FIXTURES))
    return True


def key(entry):
    return [entry["app"], entry["migration"]]


def run(fixture, python, port, squashes):
    database = f"{fixture.name}-{squashes}".lower()[-63:]
    variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", DJANGO_SETTINGS_MODULE=settings(fixture))
    with server.scratch_database(port, database):
        command = [python, "-W", "ignore", HERE / "witness.py", fixture, str(port), database, squashes]
        return json.loads(subprocess.run(command, env=variables, check=True, capture_output=True).stdout)


def settings(fixture):
    """The settings that manage.py names; without one, the witness makes do with the folders that have migrations."""
    path = fixture / "manage.py"
    named = re.search(r'"DJANGO_SETTINGS_MODULE", "([\w.]+)"', path.read_text()) if path.exists() else None
    return named[1] if named else ""


# Writing


def one_statement_a_line(seen):
    """JSON in which a changed statement is one changed line."""
    heads = [{name: value for name, value in entry.items() if name != "operations"} for entry in seen["migrations"]]
    migrations = [
        f'  {{{dumps(head)[1:-1]}, "operations": [\n{operations_text(entry["operations"])}\n  ]}}'
        for head, entry in zip(heads, seen["migrations"])
    ]
    versions = f' "django": {dumps(seen["django"])}, "postgres": {dumps(seen["postgres"])},'
    return "{\n" + versions + '\n "migrations": [\n' + ",\n".join(migrations) + "\n ]\n}\n"


def operations_text(operations):
    return ",\n".join(operation_text(operation) for operation in operations)


def operation_text(operation):
    lines = [f'   {{"class": {dumps(operation["class"])}']
    for kind in ("statements", "deferred"):
        if operation[kind]:
            statements = ",\n".join("     " + dumps(statement) for statement in operation[kind])
            lines.append(f'    "{kind}": [\n{statements}]')
    return ",\n".join(lines) + "}"


def dumps(value):
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
