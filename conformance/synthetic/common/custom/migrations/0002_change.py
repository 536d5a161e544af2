from django.db import migrations, models

import synthetic.common.custom.fields
from synthetic.common.custom import operations as own
from synthetic.common.custom.fields import ColourField, MoneyField, OwnerField


class Migration(migrations.Migration):
    dependencies = [("custom", "0001_initial")]

    operations = [
        migrations.AddField("thing", "second", synthetic.common.custom.fields.ShortField(default="it's")),
        migrations.AddField(
            "thing", "lower_default", synthetic.common.custom.fields.LowerField(default="ABC", max_length=9)
        ),
        migrations.AddField("thing", "second_money", MoneyField(default=0)),
        migrations.AddField("thing", "second_count", synthetic.common.custom.fields.CountField(default=3)),
        migrations.AddField("thing", "second_colour", ColourField()),
        migrations.AddField("thing", "second_owner", OwnerField(null=True, related_name="+")),
        migrations.AddField("thing", "second_nowhere", synthetic.common.custom.fields.NoColumnField()),
        migrations.AddField("thing", "blank", synthetic.common.custom.fields.PlainSubclass(blank=True)),
        migrations.AlterField("thing", "short", models.CharField(db_index=True, max_length=12)),
        migrations.AlterField("thing", "short", models.CharField(max_length=20)),
        migrations.AlterField("thing", "short", synthetic.common.custom.fields.ShortField()),
        migrations.AlterField("thing", "plain", models.TextField(unique=True)),
        migrations.AlterField("thing", "length", models.CharField(max_length=30, null=True)),
        migrations.AlterField("thing", "money", MoneyField(max_digits=20, null=True)),
        migrations.AlterField("thing", "fixed", synthetic.common.custom.fields.FixedField(max_length=5)),
        migrations.AlterField("thing", "fixed", models.CharField(max_length=5)),
        migrations.AlterField("thing", "count", models.PositiveIntegerField()),
        migrations.AlterField("thing", "count", models.IntegerField()),
        migrations.AlterField("thing", "colour", ColourField(samples=["#123456"])),
        migrations.AlterField("thing", "owner", models.ForeignKey("custom.owner", models.CASCADE)),
        migrations.AlterField("thing", "quiet", synthetic.common.custom.fields.QuietField(hint="b")),
        migrations.RemoveField("thing", "nowhere"),
        migrations.RemoveField("thing", "query"),
        own.LockTimeout(3),
        own.AddAuditColumn("thing", "audit", models.TextField(default="")),
        own.AnalysedAddIndex("thing", models.Index(fields=["audit"], name="thing_audit")),
        own.CommentedRunSQL("custom_thing", "100 of them"),
        own.SilentDelete("Thing"),
    ]
