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
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import binaries
import environments
import observed
import record
import server

HERE = Path(__file__).resolve().parent
DJANGO = "5.2"


def main():
    arguments = parse_arguments()
    chosen = observed.choose(arguments.fixtures)
    pythons = {fixture: environment(requirements(fixture), arguments.work) for fixture in chosen}
    failed = False
    for version, fixtures in by_version(chosen).items():
        programs = None if version == server.major_version() else binaries.programs(int(version), arguments.work)
        with server.scratch_server(*server.STILL, programs=programs) as port, ThreadPoolExecutor(arguments.jobs) as pool:
            failed |= not all(list(pool.map(lambda fixture: observe(fixture, pythons[fixture], port), fixtures)))
    sys.exit(1 if failed else 0)


def by_version(fixtures):
    """Each runs on the version that its configuration names."""
    versions = {}
    for fixture in fixtures:
        path = fixture / "forelock.toml"
        configuration = tomllib.loads(path.read_text()) if path.exists() else {}
        versions.setdefault(configuration.get("postgres-version", str(observed.DEFAULT_POSTGRES)), []).append(fixture)
    return versions


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", nargs="*", metavar="FIXTURE", help="names of folders; default: all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    return parser.parse_args()


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
    # Django last, and whatever the packages say about it.
    return environments.made(venv, packages, (f"django=={record.DJANGO_VERSIONS[DJANGO]}", "psycopg[binary]>=3.1", "tzdata"))


# Observing


def observe(fixture, python, port):
    try:
        seen = run(fixture, python, port, "ORIGINALS")
        seen["migrations"] = with_setup(seen["migrations"], lambda entry: entry["own"])
        if seen["not_run"]:
            # A squash beside its originals runs only on new databases; here it comes from such a run.
            squashes = run(fixture, python, port, "SQUASHES")["migrations"]
            squashes = with_setup(squashes, lambda entry: key(entry) in seen["not_run"])
            seen["migrations"] += [{"database": "new"} | entry for entry in squashes]
    except subprocess.CalledProcessError as error:
        message = (error.stderr or b"").decode().strip() or error
        print(f"{fixture.name}: {message}", file=sys.stderr)
        return False
    observed.write(fixture, seen)
    print(fixture.relative_to(observed.FIXTURES))
    return True


def key(entry):
    return [entry["app"], entry["migration"]]


def with_setup(entries, is_wanted):
    """The wanted ones; what other migrations sent before becomes their `setup`."""
    wanted, setup = [], []
    for entry in entries:
        if is_wanted(entry):
            wanted.append({**({"setup": setup} if setup else {}), **entry})
            del wanted[-1]["own"]
            setup = []
        else:
            setup += [statement["sql"] for _, statement in observed.statements(entry)]
    return wanted


def run(fixture, python, port, squashes):
    if any(line.startswith("django-green-migration") for line in requirements(fixture)):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(fixture, Path(folder) / fixture.parent.name / fixture.name)
            rewrite(copy, python)
            return run_as_written(copy, python, port, squashes)
    return run_as_written(fixture, python, port, squashes)


def rewrite(copy, python):
    """What `green_migrate` makes of the migrations before it runs them; the first one has run by then."""
    files = [path for path in sorted(copy.glob("*/migrations/0*.py")) if "initial = True" not in path.read_text()]
    code = "import sys; from green_migration.management.commands.green_migrate import Command\n"
    code += "for file in sys.argv[1:]: Command().modify_migration({'file': file})"
    subprocess.run([python, "-c", code, *files], check=True)


def run_as_written(fixture, python, port, squashes):
    database = f"{fixture.parent.name}-{fixture.name}-{squashes}".lower()[-63:]
    variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", DJANGO_SETTINGS_MODULE=settings(fixture))
    with server.scratch_database(port, database):
        command = [python, "-W", "ignore", HERE / "witness.py", fixture, str(port), database, squashes]
        return json.loads(subprocess.run(command, env=variables, check=True, capture_output=True).stdout)


def settings(fixture):
    """The settings that manage.py names; without one, the witness makes do with the folders that have migrations."""
    path = fixture / "manage.py"
    named = re.search(r'"DJANGO_SETTINGS_MODULE", "([\w.]+)"', path.read_text()) if path.exists() else None
    return named[1] if named else ""


if __name__ == "__main__":
    main()
