"""The rows that the code of a RunPython leaves, beside those that its plan leaves."""

import importlib.util


class SameRows:
    """What the original's code makes of the rows, tried and taken back before the plan begins."""

    def __init__(self, connection, finding, original, goal, apps):
        self.connection = connection
        self.wanted = None
        operation = operation_of((original / finding["path"]).with_name(f"{goal}.py"))
        if finding["operation"]["class"] == "RunPython":
            self.wanted = self.after(operation, apps)

    def after(self, operation, apps):
        from django.db import transaction

        with transaction.atomic():
            with self.connection.schema_editor(atomic=False) as editor:
                operation.code(apps, editor)
            rows = self.rows()
            transaction.set_rollback(True)
        return rows

    def rows(self):
        """The text of every row, table by table."""
        import catalog

        rows = {}
        with self.connection.cursor() as cursor:
            for table in catalog.tables(self.connection):
                cursor.execute(f'SELECT t::text FROM "{table}" AS t')
                rows[table] = sorted(text for (text,) in cursor.fetchall())
        return rows

    def wrong(self):
        """What is otherwise after the plan's first step, which does the work."""
        if self.wanted is None:
            return []
        wanted, self.wanted = self.wanted, None
        rows = self.rows()
        return [f"other rows in {table} than the original leaves" for table in wanted if rows[table] != wanted[table]]


def operation_of(path):
    spec = importlib.util.spec_from_file_location("original_migration", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Migration.operations[0]
