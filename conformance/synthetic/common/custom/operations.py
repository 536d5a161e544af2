"""Operations of a project's own."""

from django.db import migrations
from django.db.migrations.operations.base import Operation


class AddAuditColumn(migrations.AddField):
    """Everything from the base."""


class CommentedRunSQL(migrations.RunSQL):
    def __init__(self, table, comment):
        super().__init__(f"COMMENT ON TABLE {table} IS '{comment}'", migrations.RunSQL.noop)


class LockTimeout(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, seconds):
        self.seconds = seconds

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(f"SET LOCAL lock_timeout = '{self.seconds}s'")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass


class AnalysedAddIndex(migrations.AddIndex):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.execute("ANALYZE %s" % schema_editor.quote_name(model._meta.db_table))


class PatientAddIndex(migrations.AddIndex):
    """Strings before and after what Django does."""

    patience = 3

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("SET LOCAL lock_timeout = '%ds'" % self.patience)
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        schema_editor.execute("SET LOCAL lock_timeout TO DEFAULT")


class SilentDelete(migrations.DeleteModel):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """The table stays."""
