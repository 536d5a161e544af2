"""Watches Django run migrations: which statements each operation sends, now or at the end of its migration."""

import contextlib
import datetime
import re
import uuid

from django.db import transaction
from django.db.migrations.operations import RunPython

from frozen import FROZEN
from statements import changes_something, works_on_rows

PLACEHOLDERS = {
    "BooleanField": False,
    "DateField": datetime.date(2024, 1, 1),
    "DateTimeField": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    "JSONField": {},
    "UUIDField": uuid.UUID(int=1),
}
TEXT_FIELDS = ("CharField", "TextField", "SlugField", "EmailField", "URLField", "FileField", "FilePathField")

# `BaseDatabaseWrapper.savepoint` numbers them by thread.
DJANGOS_SAVEPOINT = re.compile(r'(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) "s\d+_x\d+"')


class Record:
    """One operation of a migration as it ran."""

    def __init__(self, index, operation):
        self.index = index
        self.operation = operation
        self.statements = []
        self.deferred = []
        self.reasons = []
        self.error = None
        self.varying_literals = []
        self.drawn = set()

    def distrust(self, reason):
        if reason not in self.reasons:
            self.reasons.append(reason)

    def as_json(self):
        return {
            "index": self.index,
            "class": type(self.operation).__name__,
            "statements": self.statements,
            "deferred": self.deferred,
            "drawn": sorted(self.drawn),
            "trust": not self.reasons and self.error is None,
            "reason": "; ".join(self.reasons) or None,
            "error": self.error,
        }

    def holds_varying_literal(self, sql):
        return any(literal in sql for literal in self.varying_literals)


class Observer:
    """What is being run at this moment. Schema editor and cursor report to it."""

    def __init__(self, connection, trust):
        self.connection = connection
        self.trust = trust
        self.migrations = []
        self.records = []
        self.current = None
        self.deferred = None
        self.in_schema_editor = 0
        self.in_python = 0
        self.in_default = False

    def install(self):
        RunPython.database_forwards = self.running_python(RunPython.database_forwards)
        self.connection.execute_wrappers.append(self.on_execute)
        self.connection.SchemaEditorClass = observed(self.connection.SchemaEditorClass, self)

    def running_python(self, database_forwards):
        """The code of RunPython runs, also of one inside of another operation; of what it sends work on rows is left out."""

        def run(*args):
            self.in_python += 1
            try:
                database_forwards(*args)
            finally:
                self.in_python -= 1

        return run

    # Called by the executor

    def on_progress(self, action, migration=None, fake=False):
        if action == "apply_start":
            self.begin(migration)

    def begin(self, migration):
        self.records = [Record(index, operation) for index, operation in enumerate(migration.operations)]
        self.migrations.append((migration, self.records))
        for record in self.records:
            self.wrap(migration.app_label, record)

    def wrap(self, app_label, record):
        """Replace the two steps of one operation object by ours, which call the originals.

        So Migration.apply, and packages that override it, stay untouched.
        """
        operation = record.operation
        state_forwards, database_forwards = operation.state_forwards, operation.database_forwards

        def observed_state_forwards(label, state):
            try:
                state_forwards(label, state)
            except Exception as error:
                record.error = describe(error)

        def observed_database_forwards(label, schema_editor, from_state, to_state):
            for reason in self.trust.reasons(operation, app_label, from_state, to_state):
                record.distrust(reason)
            if record.error:
                self.trust.forget(operation, app_label)
                return
            FROZEN.restart(f"{label}.{record.index}")
            self.current = record
            deferred_before = len(schema_editor.deferred_sql)
            try:
                with self.savepoint():
                    database_forwards(label, schema_editor, from_state, to_state)
            except Exception as error:
                record.error = describe(error)
                del schema_editor.deferred_sql[deferred_before:]
                self.trust.forget(operation, app_label)
            finally:
                self.current = None
                record.drawn = FROZEN.drawn

        operation.state_forwards = observed_state_forwards
        operation.database_forwards = observed_database_forwards

    def savepoint(self):
        """Only inside a transaction: a savepoint must not open one that Django did not."""
        if self.connection.in_atomic_block:
            return transaction.atomic(self.connection.alias)
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def inside_default(self):
        """What a default's callable sends belongs to no operation, and tells that its value depends on rows."""
        self.in_default = True
        try:
            yield
        finally:
            self.in_default = False

    @contextlib.contextmanager
    def inside_schema_editor(self, deferred=None):
        """With a list: what is sent now belongs there, as a deferred statement of its operation; so does what sending it sends."""
        self.in_schema_editor += 1
        around = self.deferred
        self.deferred = around if deferred is None else deferred
        try:
            yield
        finally:
            self.in_schema_editor -= 1
            self.deferred = around

    def after_deferred_error(self, record, editor, error, execute):
        """The statements that are left are sent nonetheless."""

    # Called by the cursor

    def on_execute(self, execute, sql, params, many, context):
        if self.in_default:
            FROZEN.kinds.add("rows")
        elif self.deferred is not None:
            self.deferred.append(self.final_form(sql, params))
        elif self.current is not None and self.is_worth_recording(sql):
            self.current.statements.append(self.final_form(sql, params))
        return execute(sql, params, many, context)

    def is_worth_recording(self, sql):
        """All that comes through the schema editor but Django's own savepoints; of the rest only what changes something."""
        if DJANGOS_SAVEPOINT.match(str(sql)) or self.in_python and works_on_rows(sql):
            return False
        return self.in_schema_editor > 0 or changes_something(sql)

    def final_form(self, sql, params):
        if params is None:
            return str(sql)
        return self.connection.ops.compose_sql(str(sql), params)


def observed(schema_editor_class, observer):
    """The backend's own schema editor, reporting to the observer."""

    class ObservedSchemaEditor(schema_editor_class):
        def __enter__(self):
            editor = super().__enter__()
            self.at_the_end = False
            self.deferred_sql = DeferredStatements(observer)
            return editor

        def __exit__(self, exc_type, exc_value, traceback):
            self.at_the_end = exc_type is None
            return super().__exit__(exc_type, exc_value, traceback)

        def execute(self, sql, *args, **kwargs):
            if self.at_the_end:
                return self.execute_deferred(sql, *args, **kwargs)
            with observer.inside_schema_editor():
                return super().execute(sql, *args, **kwargs)

        def execute_deferred(self, sql, *args, **kwargs):
            """One of Django's deferred statements: we know whose it is, and survive its error."""
            record = self.deferred_sql.owner(sql)
            try:
                with observer.savepoint(), observer.inside_schema_editor(record and record.deferred):
                    super().execute(sql, *args, **kwargs)
            except Exception as error:
                if record is None:
                    raise
                record.error = f"deferred: {describe(error)}"
                send = super().execute
                observer.after_deferred_error(record, self, error, lambda: send(sql, *args, **kwargs))

        def _effective_default(self, field):
            # A static method in Django; it is only ever called on the instance by effective_default().
            return default_value(field, super()._effective_default, observer)

        def effective_default(self, field):
            record = observer.current
            known = len(record.varying_literals) if record else 0
            value = super().effective_default(field)
            if record and len(record.varying_literals) > known:
                # In the form in which it stands in the statement.
                record.varying_literals[known:] = [observer.connection.ops.compose_sql("%s", [value]).strip()]
            return value

    return ObservedSchemaEditor


class DeferredStatements(list):
    """Remembers by identity which operation appended a statement; Django edits and removes them later."""

    def __init__(self, observer):
        super().__init__()
        self.observer = observer
        self.owners = {}

    def append(self, sql):
        super().append(sql)
        self.owners[id(sql)] = (self.observer.current, sql)

    def extend(self, statements):
        for sql in statements:
            self.append(sql)

    def owner(self, sql):
        return self.owners.get(id(sql), (None, None))[0]


def default_value(field, django_default, observer):
    record = observer.current
    is_callable = field.has_default() and callable(field.default)
    is_clock = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if record is None or not (is_callable or is_clock):
        return django_default(field)
    try:
        with observer.savepoint(), observer.inside_default():
            value, again = django_default(field), django_default(field)
    except Exception as error:
        # Usually it looks for a row that nothing has made.
        record.distrust(f"default callable failed: {describe(error)}")
        record.varying_literals.append(None)
        return placeholder(field)
    if FROZEN.drawn or value != again:
        record.varying_literals.append(None)
    return value


def placeholder(field):
    kind = getattr(field, "target_field", field).get_internal_type()
    if kind in TEXT_FIELDS:
        return ""
    return PLACEHOLDERS.get(kind, 1)


def describe(error):
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
