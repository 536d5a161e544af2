import datetime

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Cast, Lower, Now


class Migration(migrations.Migration):
    dependencies = [("dbdefaults", "0001_initial")]

    operations = [
        migrations.AlterField("wide", "integer", models.IntegerField(db_default=4)),
        migrations.AlterField("wide", "integer", models.IntegerField(db_default=Value(4))),
        migrations.AlterField("wide", "integer", models.IntegerField()),
        migrations.AlterField("wide", "integer", models.IntegerField(db_default=5, null=True)),
        migrations.AlterField("wide", "integer", models.IntegerField(db_default=5)),
        migrations.AlterField("wide", "integer", models.BigIntegerField(db_default=6)),
        migrations.AlterField("wide", "integer", models.BigIntegerField(default=6)),
        migrations.AlterField("wide", "integer", models.BigIntegerField(db_default=7, default=6, null=True)),
        migrations.AlterField("wide", "integer", models.BigIntegerField(default=6)),
        migrations.AlterField("wide", "integer", models.BigIntegerField(db_default=None, null=True)),
        migrations.AlterField("wide", "integer", models.CharField(db_default="it's 100%", max_length=20)),
        migrations.AlterField("wide", "integer", models.TextField(db_default=Lower(Value("X")), db_index=True)),
        migrations.AlterField("wide", "null", models.IntegerField(db_default=3)),
        migrations.AlterField("wide", "null", models.IntegerField(db_default=Value(1) + Value(1), unique=True)),
        migrations.AlterField("wide", "both", models.IntegerField(default=4)),
        migrations.AlterField("wide", "both", models.IntegerField(db_default=8, default=4)),
        migrations.AlterField("wide", "boolean", models.BooleanField(db_default=False)),
        migrations.AlterField("wide", "boolean", models.BooleanField(default=False)),
        migrations.AlterField("wide", "date", models.DateField(db_default=Cast(Now(), models.DateField()))),
        migrations.AlterField("wide", "moment", models.DateTimeField(db_default=Now())),
        migrations.AlterField("wide", "now", models.DateTimeField(auto_now_add=True)),
        migrations.AlterField("wide", "now", models.DateTimeField(db_default=Now() + datetime.timedelta(hours=1))),
        migrations.AlterField("wide", "uuid", models.UUIDField(db_default=RandomUUID())),
        migrations.AlterField("wide", "json_dict", models.JSONField(db_default={"a": 1})),
        migrations.AlterField(
            "wide", "json_dict", models.JSONField(db_default=Value(None, models.JSONField()), null=True)
        ),
        migrations.AlterField("wide", "percent", models.CharField(db_default="99%", max_length=19)),
        migrations.AlterField("wide", "value", models.IntegerField(db_column="Renamed", db_default=Value(8))),
        migrations.AlterField(
            "wide", "value", models.IntegerField(db_column="Renamed", db_comment="c", db_default=Value(8))
        ),
        migrations.AlterField("row", "id", models.UUIDField(db_default=RandomUUID(), editable=False, primary_key=True)),
        migrations.AlterField("row", "id", models.UUIDField(primary_key=True)),
        migrations.AlterField("row", "positive", models.PositiveBigIntegerField(db_default=4)),
        migrations.AlterField("row", "char", models.CharField(db_default="a\\b", max_length=20, null=True)),
        migrations.AlterField("row", "collated", models.CharField(db_collation="POSIX", db_default="d", max_length=6)),
        migrations.RenameField("row", "now", "created"),
        migrations.RemoveField("row", "parent"),
        migrations.CreateModel(
            name="Nullable",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("char", models.CharField(max_length=9, null=True)),
                ("number", models.IntegerField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("both", models.IntegerField(null=True)),
                ("key", models.ForeignKey("dbdefaults.wide", models.CASCADE, null=True)),
            ],
        ),
        migrations.AlterField("nullable", "char", models.CharField(db_default="it's", max_length=9)),
        migrations.AlterField("nullable", "number", models.BigIntegerField(db_default=-1)),
        migrations.AlterField("nullable", "moment", models.DateTimeField(db_default=Now())),
        migrations.AlterField("nullable", "both", models.IntegerField(db_default=1, default=2)),
        migrations.AlterField("nullable", "key", models.ForeignKey("dbdefaults.wide", models.CASCADE, db_default=1)),
        migrations.AddField(
            "nullable", "second", models.ForeignKey("dbdefaults.wide", models.CASCADE, db_default=1, related_name="+")
        ),
    ]
