"""Triggers as django-pgtrigger compiles them into migrations."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("status", models.CharField(max_length=20)),
                ("total", models.IntegerField()),
            ],
        ),
        migrations.CreateModel("Entry", [("id", models.BigAutoField(primary_key=True))], {"db_table": "The Ledger"}),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="protect_deletes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5a9f0d5f3b1c",
                    operation="DELETE",
                    pgid="pgtrigger_protect_deletes_0a1b2",
                    table="triggers_order",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."status" IS DISTINCT FROM NEW."status")',
                    func="RAISE EXCEPTION 'pgtrigger: {table} is frozen'; ",
                    hash="77",
                    operation="UPDATE",
                    pgid="pgtrigger_frozen_ffff1",
                    table="triggers_order",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            "entry",
            pgtrigger.compiler.Trigger(
                name="count",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    declare="DECLARE n INTEGER;",
                    func="n := 1; RETURN NULL;",
                    hash="abc",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_count_12345",
                    table="The Ledger",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            "entry",
            pgtrigger.compiler.Trigger(
                name="each",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RETURN NULL;",
                    hash="def",
                    ignore_func_name='"public"._own_ignore',
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_each_12345",
                    referencing="REFERENCING OLD TABLE AS old_values NEW TABLE AS new_values",
                    table="The Ledger",
                    when="AFTER",
                ),
            ),
        ),
    ]
