from django.db import migrations, models


def make(apps, schema_editor):
    schema_editor.create_model(apps.get_model("python", "Draft"))


def add(apps, schema_editor):
    Order = apps.get_model("python", "Order")
    field = models.CharField(max_length=8, null=True, db_index=True)
    field.set_attributes_from_name("channel")
    schema_editor.add_field(Order, field)


def change(apps, schema_editor):
    Order = apps.get_model("python", "Order")
    old = Order._meta.get_field("status")
    new = models.CharField(max_length=40)
    new.set_attributes_from_name("status")
    schema_editor.alter_field(Order, old, new)


def constrain(apps, schema_editor):
    Order = apps.get_model("python", "Order")
    schema_editor.add_index(Order, models.Index(fields=["status", "-total"], name="python_status_total"))
    schema_editor.add_constraint(Order, models.UniqueConstraint(fields=["customer", "placed"], name="python_one_a_day"))


def release(apps, schema_editor):
    Order = apps.get_model("python", "Order")
    schema_editor.remove_index(Order, models.Index(fields=["status", "-total"], name="python_status_total"))
    schema_editor.remove_constraint(Order, models.UniqueConstraint(fields=["customer", "placed"], name="python_one_a_day"))


def together(apps, schema_editor):
    schema_editor.alter_unique_together(apps.get_model("python", "Customer"), set(), {("name", "code")})


def rename(apps, schema_editor):
    schema_editor.alter_db_table(apps.get_model("python", "Customer"), "python_customer", "python_client")


def remove(apps, schema_editor):
    Order = apps.get_model("python", "Order")
    schema_editor.remove_field(Order, Order._meta.get_field("placed"))


def at_the_end(apps, schema_editor):
    schema_editor.deferred_sql.append("ANALYZE python_order")


def delete(apps, schema_editor):
    schema_editor.delete_model(apps.get_model("python", "Draft"))


class Migration(migrations.Migration):
    """The editor's own methods."""

    dependencies = [("python", "0002_sent")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        ("id", models.AutoField(primary_key=True)),
                        ("order", models.ForeignKey("python.Order", models.CASCADE)),
                        ("text", models.TextField()),
                    ],
                ),
            ],
        ),
        migrations.RunPython(make),
        migrations.RunPython(add),
        migrations.RunPython(change),
        migrations.RunPython(constrain),
        migrations.RunPython(release),
        migrations.RunPython(together),
        migrations.RunPython(rename),
        migrations.RunPython(remove),
        migrations.RunPython(at_the_end),
        migrations.RunPython(delete),
    ]
