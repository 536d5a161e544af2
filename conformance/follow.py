"""Runs inside an environment with Django: migrates a project to a target, with or without rows, and prints the schema.

    python follow.py FOLDER original|cured PORT DATABASE

The original runs on an empty database; the cured one with rows, from the migration before on.
"""

import contextlib
import json
import sys
from pathlib import Path

import witness
from rows import Rows

TABLES = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')"
COLUMNS = """
    SELECT c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' not null' ELSE '' END || CASE WHEN attidentity <> '' THEN ' identity' ELSE '' END
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') || coalesce(' collate ' || nullif(attcollation, 0)::regcollation, '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped"""
CONSTRAINTS = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0"""
INDEXES = """
    SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace"""


def main(folder, which, port, database):
    folder = Path(folder)
    project = folder / which
    witness.configure(project, {"dbname": database, "host": "127.0.0.1", "port": port, "user": "conformance"})
    told = json.loads((folder / "told.json").read_text())
    from django.db import connection

    connection.ensure_connection()
    with contextlib.redirect_stdout(sys.stderr):
        seen = Follower(connection, project, told).run(which)
    print(json.dumps(seen))


class Follower:
    def __init__(self, connection, project, told):
        self.connection = connection
        self.finding = told["finding"]
        self.targets = told["targets"]
        self.app = Path(self.finding["path"]).parent.parent.name
        self.rows = Rows(connection.connection, project)

    def run(self, which):
        if which == "original":
            self.migrate(self.parents())
            before = self.schema()
            self.migrate([(self.app, self.finding["migration"])])
            return {"before": before, "after": self.schema(), "state": self.state(), "back": self.back()}
        self.migrate([(self.app, self.finding["migration"])])
        before = self.schema()
        self.rows.fill()
        self.empty_some()
        for target in self.targets:
            self.follow(target)
        after, state = self.schema(), self.state()
        # Rows without a value, or of a table that was gone, stop the original as well.
        self.without_rows()
        return {"before": before, "after": after, "state": state, "back": self.back()}

    def follow(self, target):
        from django.core.management import call_command

        if "command" in target:
            self.with_models(target["release"], lambda: call_command(target["command"]))
            return
        goal = [(target["app"], target["migration"])]
        try:
            self.migrate(goal)
        except RuntimeError as error:
            # The project knows what belongs there; here any value does.
            if "first" not in str(error):
                raise
            self.connection.close()
            self.connection.ensure_connection()
            self.rows.session = self.connection.connection
            self.rows.fill()
            self.fill_nulls()
            self.migrate(goal)

    def with_models(self, release, act):
        """With the models as the code of a release has them."""
        from unittest import mock

        from django.apps import apps
        from django.db.migrations.loader import MigrationLoader

        last = [t for t in self.targets if t["release"] <= release and "migration" in t][-1]
        models = MigrationLoader(None).project_state([(last["app"], last["migration"])]).apps
        with mock.patch.object(apps, "get_model", models.get_model):
            act()

    def migrate(self, goal):
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(self.connection)
        executor.migrate(goal)

    def parents(self):
        from django.db.migrations.loader import MigrationLoader

        loader = MigrationLoader(self.connection)
        return list(loader.disk_migrations[self.app, self.finding["migration"]].dependencies)

    def back(self):
        """The schema after going back to where the operation had not run; None where it cannot."""
        from django.db.migrations.exceptions import IrreversibleError

        goal = self.parents() if not self.targets_own() else [(self.app, self.finding["migration"])]
        try:
            self.migrate(goal)
        except IrreversibleError:
            return None
        return self.schema()

    def targets_own(self):
        from django.db.migrations.loader import MigrationLoader

        names = {target.get("migration") for target in self.targets}
        return any(name in names for _, name in MigrationLoader(self.connection).disk_migrations)

    def state(self):
        """The models, as makemigrations compares them."""
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.writer import MigrationWriter

        loader = MigrationLoader(self.connection)
        nodes = [node for node in loader.graph.leaf_nodes() if node in loader.applied_migrations]
        applied = [key for key in loader.applied_migrations if key in loader.graph.nodes]
        state = loader.project_state(nodes or applied)
        lines = []
        for (app, name), model in sorted(state.models.items()):
            for field, value in model.fields.items():
                lines.append(f"{app}.{name}.{field} = {MigrationWriter.serialize(value)[0]}")
            options = {key: value for key, value in model.options.items() if key not in ("indexes", "constraints")}
            lines.append(f"{app}.{name} {sorted(options.items(), key=str)}")
            for kind in ("indexes", "constraints"):
                lines += sorted(f"{app}.{name} {kind} {item.deconstruct()}" for item in model.options.get(kind, []))
        return lines

    def schema(self):
        with self.connection.cursor() as cursor:
            lines = []
            for query in (TABLES, COLUMNS, CONSTRAINTS, INDEXES):
                cursor.execute(query)
                lines += sorted(line for (line,) in cursor.fetchall() if "django_migrations" not in line)
            return lines

    def without_rows(self):
        with self.connection.cursor() as cursor:
            tables = {table for table, _ in self.columns(cursor, "true")} - {"django_migrations"}
            if tables:
                cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in sorted(tables)) + " CASCADE")

    def empty_some(self):
        """NULL in every tenth row, where a column may have it."""
        from django.db.utils import IntegrityError

        with self.connection.cursor() as cursor:
            for table, column in self.columns(cursor, "NOT attnotnull"):
                # A check may be there that refuses it.
                with contextlib.suppress(IntegrityError):
                    cursor.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE ctid IN (SELECT ctid FROM "{table}" LIMIT 100)')

    def fill_nulls(self):
        with self.connection.cursor() as cursor:
            for table, column in self.columns(cursor, "NOT attnotnull"):
                cursor.execute(
                    f'UPDATE "{table}" SET "{column}" = (SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL LIMIT 1)'
                    f' WHERE "{column}" IS NULL'
                )

    def columns(self, cursor, condition):
        cursor.execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'public'::regnamespace"
            f" AND c.relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND {condition}"
        )
        return cursor.fetchall()


if __name__ == "__main__":
    main(*sys.argv[1:])
