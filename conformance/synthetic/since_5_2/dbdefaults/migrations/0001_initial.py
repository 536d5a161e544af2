import datetime
import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.functions
from django.contrib.postgres.functions import RandomUUID, TransactionNow
from django.db import migrations, models
from django.db.models import Case, Func, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import (
    MD5,
    Cast,
    Coalesce,
    Concat,
    JSONObject,
    Lower,
    Now,
    Pi,
    Random,
    TruncDate,
    TruncMonth,
)

import synthetic.since_5_2.dbdefaults.choices


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Row",
            fields=[
                ("id", models.UUIDField(db_default=RandomUUID(), primary_key=True)),
                ("integer", models.IntegerField(db_default=3)),
                ("negative", models.SmallIntegerField(db_default=-3)),
                ("positive", models.PositiveIntegerField(db_default=3)),
                ("char", models.CharField(db_default="it's", max_length=20)),
                ("empty", models.CharField(db_default="", db_index=True, max_length=20)),
                ("indexed", models.CharField(db_default="x", max_length=20, unique=True)),
                ("backslash", models.TextField(db_default="a\\b")),
                ("boolean", models.BooleanField(db_default=False)),
                ("none", models.IntegerField(db_default=None, null=True)),
                ("both", models.IntegerField(db_default=3, default=4)),
                ("now", models.DateTimeField(db_default=Now())),
                ("collated", models.CharField(db_collation="C", db_default="c", max_length=5)),
                ("commented", models.IntegerField(db_comment="five", db_default=5)),
                ("parent", models.ForeignKey("self", models.CASCADE, db_default=None, null=True)),
                ("json", models.JSONField(db_default={"a": [1, None, "it's"]})),
            ],
        ),
        migrations.CreateModel(name="Wide", fields=[("id", models.AutoField(primary_key=True))]),
        migrations.AddField("wide", "integer", models.IntegerField(db_default=3)),
        migrations.AddField("wide", "null", models.IntegerField(db_default=3, null=True)),
        migrations.AddField("wide", "none", models.IntegerField(db_default=None, null=True)),
        migrations.AddField("wide", "both", models.IntegerField(db_default=3, default=4)),
        migrations.AddField("wide", "blank", models.CharField(blank=True, db_default="b", max_length=9)),
        migrations.AddField("wide", "unique", models.IntegerField(db_default=1, unique=True)),
        migrations.AddField("wide", "indexed", models.CharField(db_default="i", db_index=True, max_length=9)),
        migrations.AddField("wide", "positive", models.PositiveSmallIntegerField(db_default=1)),
        migrations.AddField("wide", "float", models.FloatField(db_default=-0.5)),
        migrations.AddField(
            "wide", "decimal", models.DecimalField(db_default=Decimal("1.50"), decimal_places=2, max_digits=5)
        ),
        migrations.AddField(
            "wide", "decimal_integer", models.DecimalField(db_default=1, decimal_places=2, max_digits=5)
        ),
        migrations.AddField("wide", "percent", models.CharField(db_default="100%", max_length=9)),
        migrations.AddField("wide", "placeholder", models.CharField(db_default="%s %(a)s %%", max_length=19)),
        migrations.AddField("wide", "quotes", models.TextField(db_default='it\'s "so" \\ ünï\n🎉')),
        migrations.AddField("wide", "number_as_text", models.CharField(db_default=5, max_length=9)),
        migrations.AddField("wide", "text_as_number", models.IntegerField(db_default="5")),
        migrations.AddField("wide", "boolean", models.BooleanField(db_default=True)),
        migrations.AddField("wide", "date", models.DateField(db_default=datetime.date(2020, 1, 2))),
        migrations.AddField(
            "wide",
            "moment",
            models.DateTimeField(db_default=datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddField("wide", "time", models.TimeField(db_default=datetime.time(8, 30))),
        migrations.AddField("wide", "duration", models.DurationField(db_default=datetime.timedelta(days=1, hours=2))),
        migrations.AddField("wide", "uuid", models.UUIDField(db_default=uuid.UUID(int=1))),
        migrations.AddField("wide", "bytes", models.BinaryField(db_default=b"a'\x00")),
        migrations.AddField("wide", "ip", models.GenericIPAddressField(db_default="127.0.0.1")),
        migrations.AddField("wide", "json_dict", models.JSONField(db_default={})),
        migrations.AddField("wide", "json_list", models.JSONField(db_default=[1, "it's 100%"])),
        migrations.AddField("wide", "json_text", models.JSONField(db_default="text")),
        migrations.AddField(
            "wide", "json_value", models.JSONField(db_default=Value({"a": 1}, output_field=models.JSONField()))
        ),
        migrations.AddField(
            "wide", "array", django.contrib.postgres.fields.ArrayField(models.IntegerField(), db_default=[1, 2])
        ),
        migrations.AddField(
            "wide", "array_empty", django.contrib.postgres.fields.ArrayField(models.TextField(), db_default=[])
        ),
        migrations.AddField(
            "wide",
            "array_text",
            django.contrib.postgres.fields.ArrayField(models.TextField(), db_default=["a", "it's"]),
        ),
        migrations.AddField(
            "wide",
            "array_value",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=5),
                db_default=Value(
                    ["x"], output_field=django.contrib.postgres.fields.ArrayField(models.CharField(max_length=5))
                ),
            ),
        ),
        migrations.AddField(
            "wide",
            "choice",
            models.CharField(db_default=synthetic.since_5_2.dbdefaults.choices.Colour.RED, max_length=5),
        ),
        migrations.AddField(
            "wide",
            "choice_value",
            models.CharField(db_default=Value(synthetic.since_5_2.dbdefaults.choices.Colour.BLUE), max_length=5),
        ),
        migrations.AddField(
            "wide", "constant", models.CharField(db_default=synthetic.since_5_2.dbdefaults.choices.NAME, max_length=9)
        ),
        # Expressions.
        migrations.AddField("wide", "value", models.IntegerField(db_default=Value(7))),
        migrations.AddField("wide", "value_text", models.TextField(db_default=Value("it's"))),
        migrations.AddField(
            "wide", "value_typed", models.TextField(db_default=Value("x", output_field=models.TextField()))
        ),
        migrations.AddField("wide", "value_none", models.TextField(db_default=Value(None), null=True)),
        migrations.AddField("wide", "now", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        migrations.AddField("wide", "transaction_now", models.DateTimeField(db_default=TransactionNow())),
        migrations.AddField("wide", "random_uuid", models.UUIDField(db_default=RandomUUID())),
        migrations.AddField("wide", "random_uuid_unique", models.UUIDField(db_default=RandomUUID(), unique=True)),
        migrations.AddField("wide", "random", models.FloatField(db_default=Random())),
        migrations.AddField("wide", "pi", models.FloatField(db_default=Pi())),
        migrations.AddField("wide", "sum", models.IntegerField(db_default=Value(1) + Value(2))),
        migrations.AddField("wide", "tomorrow", models.DateTimeField(db_default=Now() + datetime.timedelta(days=1))),
        migrations.AddField("wide", "today", models.DateField(db_default=TruncDate(Now()))),
        migrations.AddField("wide", "month", models.DateTimeField(db_default=TruncMonth(Now()))),
        migrations.AddField("wide", "lower", models.TextField(db_default=Lower(Value("ABC")))),
        migrations.AddField("wide", "concat", models.TextField(db_default=Concat(Value("a"), Value("b")))),
        migrations.AddField("wide", "coalesce", models.TextField(db_default=Coalesce(Value(None), Value("b")))),
        migrations.AddField("wide", "cast", models.TextField(db_default=Cast(Now(), models.TextField()))),
        migrations.AddField(
            "wide", "md5", models.CharField(db_default=MD5(Cast(Random(), models.TextField())), max_length=32)
        ),
        migrations.AddField("wide", "object", models.JSONField(db_default=JSONObject(a=Value(1)))),
        migrations.AddField(
            "wide",
            "case",
            models.IntegerField(db_default=Case(When(Value(True), then=Value(1)), default=Value(2))),
        ),
        migrations.AddField(
            "wide", "func", models.TextField(db_default=Func(function="current_user", template="%(function)s"))
        ),
        migrations.AddField(
            "wide",
            "sequence",
            models.BigIntegerField(db_default=Func(Value("dbdefaults_wide_id_seq"), function="nextval")),
        ),
        migrations.AddField(
            "wide",
            "gen_random",
            models.UUIDField(db_default=Func(function="gen_random_uuid", output_field=models.UUIDField())),
        ),
        migrations.AddField("wide", "raw", models.TextField(db_default=RawSQL("upper('a')", ()))),
        migrations.AddField("wide", "raw_param", models.TextField(db_default=RawSQL("upper(%s)", ("it's 100%",)))),
    ]
