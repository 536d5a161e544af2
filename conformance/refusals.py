#!/usr/bin/env python3
"""Runs `manage.py migrate` for each app of the fixtures about what Django refuses, and rewrites their refused.json.

    conformance/refusals.py [FIXTURE...]        by the name of their folder; default: all that have a refused.json

Each app is a project of its own, with an empty database: its migrations run one after the other, by Django's own command. The first that
is refused is written down with the error; where all run, `migrate` runs once more, because Django may stop at what is left behind.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import observe_fixtures
import observed
import record
import server

PROGRAM = """
import sys, django
from django.conf import settings
app, port, database, *names = sys.argv[1:]
settings.configure(INSTALLED_APPS=[app], USE_TZ=True, DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": database, "HOST": "127.0.0.1", "PORT": port, "USER": "conformance"}})
django.setup()
from django.core.management import call_command
for name in names:
    try:
        call_command("migrate", *([app, name] if name else []), verbosity=0, skip_checks=True)
    except Exception as error:
        state = getattr(error.__cause__, "sqlstate", None)
        print(name or "again", f"{type(error).__name__}: {f'{state} ' if state else ''}{error}".splitlines()[0], sep="\\t")
        break
"""


def main():
    names = sys.argv[1:]
    fixtures = observed.choose(names) if names else sorted(path.parent for path in observed.FIXTURES.glob("*/*/refused.json"))
    work = record.work_folder().resolve()
    with server.scratch_server(*server.STILL) as port:
        for fixture in fixtures:
            python = observe_fixtures.environment(observe_fixtures.requirements(fixture), work)
            apps = sorted(folder.parent.name for folder in fixture.glob("*/migrations"))
            refused = {app: error for app in apps if (error := run(fixture, app, python, port))}
            (fixture / "refused.json").write_text(json.dumps(refused, indent=1, ensure_ascii=False) + "\n")
            print(fixture.relative_to(observed.FIXTURES))


def run(fixture, app, python, port):
    """The migration that is refused, with the error; nothing where Django refuses none."""
    migrations = sorted(path.stem for path in (fixture / app / "migrations").glob("0*.py"))
    with server.scratch_database(port, app) as _:
        command = [python, "-W", "ignore", "-c", PROGRAM, app, str(port), app, *migrations, ""]
        variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(fixture))
        said = subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout.strip()
    return dict(zip(("migration", "error"), said.split("\t"), strict=True)) if said else None


if __name__ == "__main__":
    main()
