#!/usr/bin/env python3
"""Asks Django's `sqlmigrate` for the statements of fixtures that no server here can run, and rewrites their collected.json.

    conformance/collect_fixtures.py [FIXTURE...]        by the name of their folder; default: all that have a collected.json

They need an extension of PostgreSQL that is not at hand, or another Django than the other fixtures; `requirements.txt` names that.
Nothing is run but the connection: what stands in collected.json is what Django and the package would send.
"""

import json
import os
import re
import subprocess
import sys

import environments
import observe_fixtures
import observed
import record
import server

PROGRAM = """
import json, sys, django
from django.conf import settings
port, database = sys.argv[1:]
settings.DATABASES["default"] |= {"NAME": database, "HOST": "127.0.0.1", "PORT": port, "USER": "conformance"}
django.setup()
from django.db import connection
from django.db.migrations.loader import MigrationLoader

connection.ensure_connection()
loader = MigrationLoader(connection, replace_migrations=False)
own = [key for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True) if key[0] == settings.INSTALLED_APPS[-1]]
found = []
for key in own:
    migration = loader.get_migration(*key)
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(loader.project_state(key, at_end=False), editor, collect_sql=True)
    lines = [line for line in "\\n".join(editor.collected_sql).split("\\n") if not line.startswith("--")]
    found.append({"app": key[0], "migration": key[1], "sql": "\\n".join(lines)})
json.dump(found, sys.stdout)
"""


def main():
    names = sys.argv[1:]
    fixtures = observed.choose(names) if names else sorted(path.parent for path in observed.FIXTURES.glob("*/*/collected.json"))
    with server.scratch_server(*server.STILL) as port:
        for fixture in fixtures:
            collected = collect(fixture, port)
            (fixture / "collected.json").write_text(json.dumps(collected, indent=1, ensure_ascii=False) + "\n")
            print(fixture.relative_to(observed.FIXTURES))


def collect(fixture, port):
    requirements = [line for line in (fixture / "requirements.txt").read_text().split("\n") if line]
    name = re.sub(r"\W+", "-", "-".join(requirements))
    python = environments.made(record.work_folder().resolve() / "venvs" / f"collected-{name}", requirements)
    variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(fixture))
    variables["DJANGO_SETTINGS_MODULE"] = observe_fixtures.settings(fixture)
    with server.scratch_database(port, fixture.name) as _:
        command = [python, "-W", "ignore", "-c", PROGRAM, str(port), fixture.name]
        return json.loads(subprocess.run(command, env=variables, check=True, capture_output=True).stdout)


if __name__ == "__main__":
    main()
