#!/usr/bin/env python3
"""Asks real Django, after each migration of a fixture, what the code of that release can do: insert a row, delete one.

    conformance/new_code.py                          those that have an answer already
    conformance/new_code.py required-column-left     some, by the name of their folder

The answers stand in the fixture's new_code.json: by model, the error of an INSERT and of a DELETE through the model as the
migrations leave it, `null` where it goes through. tests/new_code.rs compares them with what forelock says of the new release.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import observe_fixtures
import observed
import record
import server

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", nargs="*", metavar="FIXTURE", help="names of folders")
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    arguments = parser.parse_args()
    chosen = observed.choose(arguments.fixtures)
    if not arguments.fixtures:
        chosen = [path for path in chosen if (path / "new_code.json").exists()]
    with server.scratch_server(*server.STILL) as port:
        for fixture in chosen:
            python = observe_fixtures.environment(observe_fixtures.requirements(fixture), arguments.work)
            write(fixture, python, port)


def write(fixture, python, port):
    database = f"new-{fixture.parent.name}-{fixture.name}".lower()[-63:]
    settings = observe_fixtures.settings(fixture)
    variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", DJANGO_SETTINGS_MODULE=settings)
    with server.scratch_database(port, database):
        command = [python, "-W", "ignore", __file__, "--inside", fixture, str(port), database]
        seen = subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE).stdout
    (fixture / "new_code.json").write_text(json.dumps(json.loads(seen), indent=1) + "\n")
    print(fixture.relative_to(observed.FIXTURES))


# Within the environment that has Django


def inside(fixture, port, database):
    import witness

    fixture = Path(fixture).resolve()
    witness.configure(fixture, {"dbname": database, "host": "127.0.0.1", "port": port, "user": "conformance"})
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from rows import Rows

    connection.ensure_connection()
    runner = MigrationExecutor(connection)
    rows = Rows(connection.connection, fixture)
    state = runner._create_project_state(with_applied_migrations=True)
    seen = []
    with contextlib.redirect_stdout(sys.stderr):
        runner.recorder.ensure_schema()
        for migration, _ in runner.migration_plan(runner.loader.graph.leaf_nodes()):
            state = runner.apply_migration(state, migration)
            rows.fill()
            models = sorted(model_of(state, key) for key in state.models)
            asked = {label: ask(model) for label, model in models if model is not None}
            seen.append({"app": migration.app_label, "migration": migration.name, "models": asked})
    json.dump({"migrations": seen}, sys.stdout)


def model_of(state, key):
    model = state.apps.get_model(*key)
    return model._meta.label, model if model._meta.managed and not model._meta.proxy else None


def ask(model):
    return {"insert": error_of(lambda: insert(model)), "delete": error_of(lambda: model.objects.first().delete())}


def error_of(act):
    """What an act raises, foreign keys that are checked at the end of the transaction included. Nothing of it stays."""
    from django.db import connection, transaction
    from django.db.utils import Error

    try:
        with transaction.atomic():
            act()
            connection.check_constraints()
            transaction.set_rollback(True)
    except Error as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return None


def insert(model):
    """A copy of a row, with a key and unique values of its own."""
    row = model.objects.first()
    for field in model._meta.concrete_fields:
        if field.unique:
            setattr(row, field.attname, other_value(field))
    row.save(force_insert=True)


def other_value(field):
    import uuid

    values = {"CharField": "new", "SlugField": "new", "UUIDField": uuid.UUID(int=1)}
    if field.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField"):
        return None
    return values.get(field.get_internal_type(), 30_000)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
    else:
        main()
