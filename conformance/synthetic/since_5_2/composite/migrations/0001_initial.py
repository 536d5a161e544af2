import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(name="Tenant", fields=[("id", models.UUIDField(primary_key=True))]),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant", models.ForeignKey("composite.tenant", django.db.models.deletion.CASCADE)),
                ("number", models.IntegerField(db_column="No")),
                ("text", models.CharField(db_index=True, max_length=9)),
            ],
            options={"unique_together": {("number", "text")}},
        ),
        migrations.CreateModel(
            name="Three",
            fields=[
                ("pk", models.CompositePrimaryKey("a", "b", "c", primary_key=True)),
                ("a", models.CharField(max_length=9)),
                ("b", models.IntegerField()),
                ("c", models.DateField(db_index=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(b__gt=0), name="three_b")],
                "indexes": [models.Index(fields=["b", "-c"], name="three_b_c")],
            },
        ),
        migrations.AddField("line", "amount", models.PositiveIntegerField(default=1)),
        migrations.AlterField("line", "text", models.TextField(unique=True)),
        migrations.AlterField("line", "number", models.BigIntegerField(db_column="No")),
        migrations.AddIndex("line", models.Index(fields=["tenant", "amount"], name="line_tenant_amount")),
        migrations.RenameField("three", "c", "day"),
        migrations.RenameModel("Three", "Triple"),
        migrations.AddField("triple", "line", models.IntegerField(null=True)),
        migrations.RemoveField("triple", "line"),
        migrations.DeleteModel("Triple"),
    ]
