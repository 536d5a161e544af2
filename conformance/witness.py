"""Runs inside an environment with Django: runs the migrations of one fixture, prints what each statement did.

    python witness.py FIXTURE PORT DATABASE ORIGINALS|SQUASHES

Each migration runs twice. First as `migrate` runs it, in its transaction, rolled back at the end: that shows whether it
fails, and what it holds at its end. Then for good, each statement in a transaction of its own, so that the locks of one
statement do not hide behind those of the statement before it. Before each migration every table has a thousand rows.
"""

import contextlib
import json
import os
import re
import sys
from pathlib import Path
from unittest import mock

import sqlparse

import frozen
import recorder
from effects import Effects
from observe import DeferredStatements, describe
from replay import ENDS_TRANSACTION
from rows import Rows


# Backends whose schema editor the operations of their package need.
BACKENDS = ("psqlextra.backend",)


def main(fixture, port, database, squashes):
    fixture = Path(fixture).resolve()
    server = {"host": "127.0.0.1", "port": port, "dbname": database, "user": "conformance"}
    configure(fixture, server)
    from django.db import connection

    connection.ensure_connection()
    witness = Witness(connection, Effects(connection.connection, server), Rows(connection.connection, fixture))
    # What code of a migration prints is not ours to say.
    with contextlib.redirect_stdout(sys.stderr):
        seen = witness.run(fixture, squashes)
    json.dump(seen, sys.stdout)


def configure(fixture, server):
    sys.path.insert(0, str(fixture))
    frozen.install()
    import django
    from django.conf import settings

    if not os.environ["DJANGO_SETTINGS_MODULE"]:
        apps = sorted(folder.parent.name for folder in fixture.glob("*/migrations"))
        settings.configure(INSTALLED_APPS=apps, USE_TZ=True)
    written = settings.DATABASES.get("default", {}).get("ENGINE")
    engine = written if written in BACKENDS else "django.db.backends.postgresql"
    settings.DATABASES = {
        "default": {
            "ENGINE": engine,
            "NAME": server["dbname"],
            "HOST": server["host"],
            "PORT": server["port"],
            "USER": server["user"],
        }
    }
    django.setup()


class RolledBack(Exception):
    pass


class Witness:
    """Listens to the schema editor while Django runs migrations."""

    def __init__(self, connection, effects, rows):
        self.connection = connection
        self.effects = effects
        self.rows = rows
        # The index of the operation that runs, and that of the one whose deferred statement runs.
        self.current = None
        self.deferred = None
        self.in_schema_editor = 0
        # Set while statements run one by one.
        self.operations = None
        self.is_atomic = None
        self.existing = {}

    def run(self, fixture, squashes):
        import django
        from django.db.migrations import executor, graph

        if squashes == "ORIGINALS":
            recorder.prefer_originals(graph.MigrationGraph)
        self.connection.execute_wrappers.append(self.on_execute)
        self.connection.SchemaEditorClass = listening(self.connection.SchemaEditorClass, self)
        runner = executor.MigrationExecutor(self.connection)
        loader = runner.loader
        plan = [migration for migration, _ in runner.migration_plan(loader.graph.leaf_nodes())]
        own = [migration for migration in loader.disk_migrations.values() if belongs(migration, fixture)]
        seen = self.migrations(plan, runner)
        return {
            "django": django.get_version(),
            "postgres": self.effects.server_version(),
            "time_zone": self.effects.time_zone(),
            "migrations": [entry | {"own": migration in own} for migration, entry in seen],
            "not_run": [[migration.app_label, migration.name] for migration in own if migration not in plan],
        }

    def migrations(self, plan, runner):
        state = runner._create_project_state()
        seen = []
        for migration in plan:
            # Rendered now, as the executor does: each step then carries on from it.
            _ = state.apps
            entry, state = self.migration(migration, state)
            seen.append((migration, entry))
        return seen

    def migration(self, migration, state):
        self.rows.fill()
        self.existing = self.effects.relations()
        self.note_operations(migration)
        entry = {"app": migration.app_label, "migration": migration.name, "atomic": migration.atomic}
        if migration.atomic and not ends_transaction(migration):
            entry |= self.as_migrate_does(migration, state.clone())
        entry["operations"], state = self.one_by_one(migration, state)
        return entry, state

    def note_operations(self, migration):
        for index, operation in enumerate(migration.operations):
            operation.database_forwards = self.noting(index, operation.database_forwards)

    def noting(self, index, database_forwards):
        def noted(*args):
            self.current = index
            try:
                database_forwards(*args)
            except Exception:
                # What comes after an operation that fails shall be seen as well.
                if self.operations is None:
                    raise
            self.current = None

        return noted

    def as_migrate_does(self, migration, state):
        from django.db import transaction

        self.current = None
        seen = {}
        try:
            with transaction.atomic():
                with self.connection.schema_editor(atomic=True) as editor:
                    migration.apply(state, editor)
                seen["held"] = self.effects.table_locks(self.existing)
                raise RolledBack
        except RolledBack:
            return seen if seen["held"] else {}
        except Exception as error:
            return {"fails": {"operation": self.current, "error": describe_with_state(error)}}

    def one_by_one(self, migration, state):
        self.operations = [empty_entry(operation) for operation in migration.operations]
        self.is_atomic, migration.atomic = migration.atomic, False
        try:
            with without_blocks(), self.connection.schema_editor(atomic=False) as editor:
                state = migration.apply(state, editor)
        finally:
            migration.atomic = self.is_atomic
            operations, self.operations = self.operations, None
        return operations, state

    # Called by the cursor

    def on_execute(self, execute, sql, params, many, context):
        if self.operations is None or not (self.in_schema_editor or self.is_sent_by_code(str(sql))):
            return execute(sql, params, many, context)
        if many:
            for one in params:
                self.on_execute(execute, sql, one, False, context)
            return None
        final = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
        self.statements().append(statement := {"sql": final})
        pieces = sqlparse.split(final)
        # The server runs the statements of one string in one transaction.
        if len(pieces) == 1:
            self.perform(final, statement, "in transaction" if self.is_atomic else "alone")
            # The code goes on with what it gets.
            return execute(sql, params, many, context) if is_asked_back(final) else None
        statement["parts"] = []
        for piece in pieces:
            statement["parts"].append(part := {"sql": piece.rstrip(";").strip()})
            self.perform(part["sql"], part, "in transaction")

    def is_sent_by_code(self, sql):
        """Whether code of the project calls a cursor, and not Django for it: what the ORM sends is work on rows. What a
        package's operation only looks at is none of its statements."""
        frame = sys._getframe(2)
        while is_of(frame, ("django/db/backends/utils.py", "contextlib.py", "witness.py")):
            frame = frame.f_back
        looks = is_of(frame, ("site-packages",)) and re.match(r"\s*(SELECT(?! set_config)|SHOW)\b", sql, re.IGNORECASE)
        return not is_of(frame, ("/django/",)) and not looks

    def statements(self):
        """Where the statement belongs that runs now."""
        if self.deferred is None and self.current is None:
            return self.beside_operations()
        if self.deferred is None:
            return self.operations[self.current]["statements"]
        return self.operations[self.deferred]["deferred"]

    def beside_operations(self):
        """What the migration's own `apply` sends after its operations."""
        if self.operations[-1]["class"] != "apply":
            self.operations.append({"class": "apply", "statements": [], "deferred": []})
        return self.operations[-1]["statements"]

    @contextlib.contextmanager
    def running_deferred(self, index):
        self.deferred = index
        try:
            yield
        finally:
            self.deferred = None

    def perform(self, sql, entry, place):
        """Run it and write down what it did. What is refused here is run where it is not: Django believes that it ran."""
        effects, is_refused = self.effects.perform(sql, self.existing, place, self.rows)
        entry |= effects
        if is_refused:
            raise RuntimeError(entry["error"])


def ends_transaction(migration):
    """Whether SQL of the migration ends the transaction in which it would be rolled back."""
    texts = [getattr(operation, "sql", "") for operation in migration.operations]
    pieces = [piece for text in texts for piece in (text if isinstance(text, (list, tuple)) else [text])]
    return any(ENDS_TRANSACTION.match(piece if isinstance(piece, str) else piece[0]) for piece in pieces)


def listening(schema_editor_class, witness):
    """The backend's own schema editor, reporting to the witness."""

    class ListeningSchemaEditor(schema_editor_class):
        def __enter__(self):
            editor = super().__enter__()
            self.deferred_sql = DeferredStatements(witness)
            return editor

        def __exit__(self, exc_type, exc_value, traceback):
            # Django would run them just so; ours knows whose statement it runs.
            if exc_type is None:
                deferred, self.deferred_sql = self.deferred_sql, []
                for sql in deferred:
                    with witness.running_deferred(deferred.owner(sql)):
                        self.execute(sql, None)
            return super().__exit__(exc_type, exc_value, traceback)

        def execute(self, *args, **kwargs):
            witness.in_schema_editor += 1
            try:
                return super().execute(*args, **kwargs)
            finally:
                witness.in_schema_editor -= 1

    return ListeningSchemaEditor


def without_blocks():
    """Code that says `with transaction.atomic()` gets no transaction: each statement has its own."""
    from django.db.transaction import Atomic

    return mock.patch.multiple(Atomic, __enter__=lambda self: None, __exit__=lambda self, *error: None)


def is_asked_back(sql):
    """Whether the code may ask for its rows, or how many there were."""
    return re.match(r"\s*(SELECT|SHOW|VALUES|WITH|UPDATE|DELETE)\b", sql, re.IGNORECASE)


def is_of(frame, paths):
    return frame is not None and any(path in frame.f_code.co_filename for path in paths)


def belongs(migration, fixture):
    """Whether it is the fixture's own, and not Django's or a package's."""
    return Path(sys.modules[type(migration).__module__].__file__).is_relative_to(fixture)


def empty_entry(operation):
    return {"class": type(operation).__name__, "statements": [], "deferred": []}


def describe_with_state(error):
    state = getattr(error.__cause__, "sqlstate", None)
    return describe(error).replace(": ", f": {state} ", 1) if state else describe(error)


if __name__ == "__main__":
    main(*sys.argv[1:])
