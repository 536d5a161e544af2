"""Runs inside an environment with django-pg-zero-downtime-migrations: what its backend sends for our own projects.

    python backend_recorder.py PORT < JOB > SEEN

JOB is {"projects": [..], "settings": {NAME: {..}}}: every project runs once with each of the settings, on a database to
itself, in a process to itself (Django holds one set of apps). A project that Django cannot load or run is `left_out`.
"""

import contextlib
import json
import os
import sys
import traceback
import warnings
from pathlib import Path

import psycopg

import frozen
import recorder
from observe import Observer, describe
from statements import changes_something
from trust import Trust

ENGINE = "django_zero_downtime_migrations.backends.postgres"
PREFIX = "ZERO_DOWNTIME_MIGRATIONS_"
TIMEOUTS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
# Databases that migrations make are not called like ours.
MADE_BY_MIGRATIONS = "SELECT datname FROM pg_database WHERE datname !~ '^[0-9]+-' AND datname <> 'postgres' AND NOT datistemplate"
RESTORE = "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)"


def main(port):
    job = json.load(sys.stdin)
    output, sys.stdout = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")
    seen = {name: {"projects": {}, "left_out": {}} for name in job["settings"]}
    for project in job["projects"]:
        for name, result in in_child(run_project, project, job["settings"], port).items():
            kind = "left_out" if isinstance(result, str) else "projects"
            seen[name][kind][project["name"]] = result
    json.dump(seen, output)


def in_child(function, *args):
    """The function's result, as JSON, from a fork: what it does to Django ends with it."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        with os.fdopen(write_end, "w") as pipe:
            json.dump(function(*args), pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def run_project(project, settings, port):
    try:
        boot(project, port)
    except Exception as error:
        return dict.fromkeys(settings, f"Django does not load it: {describe(error)}")
    seen = {}
    for name, values in settings.items():
        if wants(project, name):
            seen[name] = in_child(run_with, project, values, seen.get("defaults", project["defaults"]))
    return seen


def wants(project, name):
    return name in project.get("only", (name,))


def boot(project, port):
    sys.path.insert(0, project["path"])
    frozen.install()
    accept_condition()
    import django
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    if project["settings_module"]:
        os.environ["DJANGO_SETTINGS_MODULE"] = project["settings_module"]
    else:
        settings.configure(**project["settings"])
    # Other recorders use the server as well.
    database = f"{os.getpid()}-{project['name']}"[:63].lower()
    server = {"HOST": "127.0.0.1", "PORT": port, "USER": "conformance"}
    settings.DATABASES = {"default": {"ENGINE": ENGINE, "NAME": database, **server}}
    # What a fixture of the backend sets itself: here the settings are the job's.
    for name in [name for name in dir(settings) if name.startswith(PREFIX)]:
        delattr(settings, name)
    settings.LOGGING_CONFIG = None
    django.setup()
    # So that each run has them imported.
    MigrationLoader(None)


def django_errors():
    """What the server refuses, as Django raises it."""
    from django.db import Error

    return Error


def accept_condition():
    """Before 5.1 a check constraint calls its condition `check`; our projects are written for 5.2."""
    import django
    from django.db.models import CheckConstraint

    if django.VERSION < (5, 1):
        django_init = CheckConstraint.__init__

        def init(self, *, condition=None, check=None, **arguments):
            django_init(self, check=condition if check is None else check, **arguments)

        CheckConstraint.__init__ = init


def run_with(project, values, defaults):
    from django.conf import settings
    from django.db import connection

    for name, value in values.items():
        setattr(settings, PREFIX + name, value)
    database = connection.settings_dict
    server = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": "postgres"}
    with psycopg.connect(**server, autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{database["NAME"]}"')
        try:
            return migrate(project, connection, defaults)
        except Exception as error:
            traceback.print_exc()
            return f"it stops: {describe(error)}"
        finally:
            connection.close()
            for name in (database["NAME"], *(name for (name,) in session.execute(MADE_BY_MIGRATIONS).fetchall())):
                session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def migrate(project, connection, defaults):
    from django.db.migrations import executor, graph

    recorder.prefer_originals(graph.MigrationGraph)
    observer = BackendObserver(connection, Trust(), defaults)
    runner = executor.MigrationExecutor(connection, observer.on_progress)
    observer.install()
    runner.migrate(runner.loader.graph.leaf_nodes())
    migrations = [migration_json(*entry) for entry in observer.migrations if belongs(entry[0], project)]
    return [migration for migration in migrations if migration]


def belongs(migration, project):
    module = type(migration).__module__
    if project["own"]:
        return module.startswith(project["own"] + ".")
    return Path(sys.modules[module].__file__).is_relative_to(project["path"])


def migration_json(migration, records):
    """None for one that sends nothing."""
    operations = [operation_json(record) for record in records]
    if not any(len(operation) > 1 for operation in operations):
        return None
    head = {"app": migration.app_label, "migration": migration.name}
    return {**head, **({} if migration.atomic else {"atomic": False}), "operations": operations}


def operation_json(record):
    entry = {"class": type(record.operation).__name__, "statements": record.statements}
    # What an operation has deferred that raises, nobody sends.
    entry["deferred"] = [] if record.raises else record.deferred
    entry["within"] = [index for index, is_within in enumerate(record.within) if is_within]
    entry["varies"] = [index for index, sql in enumerate(record.statements) if record.holds_varying_literal(sql)]
    entry["warns"] = record.warns
    entry["raises"] = record.raises
    entry["error"] = None if record.raises else record.error
    entry["untrusted"] = "; ".join(record.reasons)
    return {key: value for key, value in entry.items() if value}


class BackendObserver(Observer):
    """Tells what the backend sends from what it looks up, and goes on after it has refused an operation."""

    def __init__(self, connection, trust, defaults):
        super().__init__(connection, trust)
        self.in_django_execute = 0
        # While an operation that was refused is done after all: what it had sent by then, and what it sends now.
        self.sent, self.sent_again = None, []
        # What PostgreSQL has refused last.
        self.refused = None
        # What was sent where nothing is refused.
        self.defaults = {(entry["app"], entry["migration"]): entry["operations"] for entry in defaults or ()}

    def install(self):
        super().install()
        from django.db.backends.postgresql.schema import DatabaseSchemaEditor

        django_execute = DatabaseSchemaEditor.execute

        def execute(editor, *args, **kwargs):
            self.in_django_execute += 1
            try:
                return django_execute(editor, *args, **kwargs)
            finally:
                self.in_django_execute -= 1

        DatabaseSchemaEditor.execute = execute

    def wrap(self, app_label, record):
        record.within, record.warns, record.raises = [], [], None
        record.operation.database_forwards = self.going_on(app_label, record, record.operation.database_forwards)
        super().wrap(app_label, record)

    def going_on(self, app_label, record, database_forwards):
        from django_zero_downtime_migrations.backends.postgres.schema import UnsafeOperationException

        def forwards(label, editor, *states):
            deferred_before = len(editor.deferred_sql)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    database_forwards(label, editor, *states)
                except Exception as error:
                    del editor.deferred_sql[deferred_before:]
                    kind = "raises" if isinstance(error, UnsafeOperationException) else "error"
                    self.go_on_after(error, record, editor, lambda editor: database_forwards(label, editor, *states))
                    setattr(record, kind, describe(error))
            unsafe = [warning.message for warning in caught if warning.category.__name__ == "UnsafeOperationWarning"]
            record.warns += [str(message).splitlines()[0] for message in unsafe]

        return forwards

    def go_on_after(self, error, record, editor, forwards):
        """The operations after it shall be seen as if nothing had been refused; where that cannot be had, the error stands."""
        if self.connection.in_atomic_block:
            raise error
        try:
            if isinstance(error, django_errors()):
                if not self.succeeds_by_default(record):
                    raise error
                self.complete(record, editor, forwards)
            elif type(error).__name__ == "UnsafeOperationException":
                self.complete(record, editor, forwards)
            else:
                # The backend crashed at what Django's own has no difficulty with.
                self.complete_with_django(record, forwards)
        except Exception:
            raise error

    def succeeds_by_default(self, record):
        default = self.default(record)
        return default is not None and not {"error", "raises", "untrusted"} & default.keys()

    def default(self, record):
        """What the operation was seen to do where nothing is set; None where it is not known."""
        migration, _ = self.migrations[-1]
        operations = self.defaults.get((migration.app_label, migration.name))
        return operations and operations[record.index]

    def after_deferred_error(self, record, editor, error, execute):
        if self.succeeds_by_default(record) and isinstance(error, django_errors()):
            with contextlib.suppress(Exception):
                self.complete(record, editor, lambda _: execute(), in_sequence="deferred")
                return
        super().after_deferred_error(record, editor, error, execute)

    def complete_with_django(self, record, forwards):
        from django.db.backends.postgresql.schema import DatabaseSchemaEditor

        with self.completing(list(record.statements)), DatabaseSchemaEditor(self.connection, atomic=False) as editor:
            forwards(editor)

    def complete(self, record, editor, forwards, in_sequence="statements"):
        """Once more without what it has sent already; what is sent now is not recorded.

        What it now finds gone, a foreign key, it does not make again: what it sends by default is sent then.
        """
        sent = list(getattr(record, in_sequence))
        if sent and sent[-1] == self.refused:
            sent.pop()
        recorded, deferred_before = list(sent), len(editor.deferred_sql)
        switches = {name: getattr(editor, name) for name in ("RAISE_FOR_UNSAFE", "IDEMPOTENT_SQL")}
        vars(editor).update(dict.fromkeys(switches, False))
        try:
            with self.completing(sent):
                forwards(editor)
        except django_errors():
            # What is put off is refused again.
            del editor.deferred_sql[deferred_before:]
        finally:
            vars(editor).update(switches)
        default = self.default(record) or {}
        parts = {"deferred": ["deferred"], "statements": ["statements"] if editor.DEFERRED_SQL else ["statements", "deferred"]}
        self.send_the_rest_of(default, parts[in_sequence], recorded + self.sent_again)

    @contextlib.contextmanager
    def completing(self, sent):
        record, self.current = self.current, None
        self.sent, self.sent_again = sent, []
        try:
            yield
        finally:
            self.sent, self.current = None, record

    def send_the_rest_of(self, default, parts, done):
        for part in parts:
            for index, sql in enumerate(default.get(part, [])):
                if sql in done:
                    done.remove(sql)
                elif part == "deferred" or index not in default.get("varies", []):
                    self.connection.connection.execute(sql)

    @contextlib.contextmanager
    def savepoint(self):
        """Outside of a transaction nothing is rolled back but the timeouts, which the backend leaves as they are after an error."""
        session = self.connection.connection
        before = session.execute(TIMEOUTS).fetchone()
        try:
            with super().savepoint():
                yield
        except Exception:
            session.execute(RESTORE, before)
            raise

    # Called by the cursor

    def on_execute(self, execute, sql, params, many, context):
        if not self.in_django_execute and not changes_something(sql):
            return execute(sql, params, many, context)
        if self.sent is not None:
            return self.complete_with(execute, sql, params, many, context)
        record, is_within = self.current, self.is_in_transaction()
        if self.deferred is not None and is_within:
            raise RuntimeError("a deferred statement in a transaction")
        try:
            return super().on_execute(execute, sql, params, many, context)
        except Exception:
            self.refused = self.final_form(sql, params)
            raise
        finally:
            if record:
                record.within += [is_within] * (len(record.statements) - len(record.within))

    def complete_with(self, execute, sql, params, many, context):
        final = self.final_form(sql, params)
        if final in self.sent:
            self.sent.remove(final)
            return None
        result = execute(sql, params, many, context)
        self.sent_again.append(final)
        return result

    def is_in_transaction(self):
        status = self.connection.connection.info.transaction_status
        return self.connection.in_atomic_block or status == psycopg.pq.TransactionStatus.INTRANS


if __name__ == "__main__":
    main(*sys.argv[1:])
