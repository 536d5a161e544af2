from django.db import connection

TABLES = ["python_order", "python_customer"]


def analyse(table):
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def index(schema_editor, model, *columns):
    for column in columns:
        name = f"{model._meta.db_table}_{column}_by_hand"
        schema_editor.execute("CREATE INDEX %s ON %s (%s)" % (name, schema_editor.quote_name(model._meta.db_table), column))
