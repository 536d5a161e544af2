import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.fields.hstore
import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange


class Migration(migrations.Migration):
    dependencies = [("defaults", "0004_times")]

    operations = [
        migrations.AddField("thing", "bytes", models.BinaryField(default=b"\x00\xffabc'\\")),
        migrations.AddField("thing", "bytes_empty", models.BinaryField(default=b"")),
        migrations.AddField("thing", "bytes_blank", models.BinaryField(blank=True)),
        migrations.AddField(
            "thing", "uuid", models.UUIDField(default=uuid.UUID("12345678-1234-5678-1234-567812345678"))
        ),
        migrations.AddField("thing", "uuid_text", models.UUIDField(default="123456781234567812345678ABCDEF00")),
        migrations.AddField("thing", "uuid_integer", models.UUIDField(default=uuid.UUID(int=1))),
        migrations.AddField("thing", "uuid_random", models.UUIDField(default=uuid.uuid4)),
        migrations.AddField("thing", "ip", models.GenericIPAddressField(default="127.0.0.1")),
        migrations.AddField("thing", "ip6", models.GenericIPAddressField(default="::ffff:10.0.0.1", unpack_ipv4=True)),
        migrations.AddField("thing", "ip_blank", models.GenericIPAddressField(blank=True, null=True)),
        migrations.AddField("thing", "json_dict", models.JSONField(default=dict)),
        migrations.AddField("thing", "json_list", models.JSONField(default=list)),
        migrations.AddField(
            "thing",
            "json_literal",
            models.JSONField(default={"b": 1, "a": [True, None, 1.5, "it's", "back\\slash", "100%", "ä"]}),
        ),
        migrations.AddField("thing", "json_text", models.JSONField(default="text")),
        migrations.AddField("thing", "json_number", models.JSONField(default=3)),
        migrations.AddField("thing", "json_false", models.JSONField(default=False)),
        migrations.AddField("thing", "json_none", models.JSONField(default=None, null=True)),
        migrations.AddField("thing", "json_blank", models.JSONField(blank=True, default=str)),
        migrations.AddField(
            "thing",
            "json_encoded",
            models.JSONField(
                default={"price": Decimal("1.50"), "id": uuid.UUID(int=2)},
                encoder=django.core.serializers.json.DjangoJSONEncoder,
            ),
        ),
        migrations.AddField(
            "thing", "array_list", django.contrib.postgres.fields.ArrayField(models.TextField(), default=list)
        ),
        migrations.AddField(
            "thing", "array_empty", django.contrib.postgres.fields.ArrayField(models.TextField(), default=[])
        ),
        migrations.AddField(
            "thing",
            "array_texts",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=20),
                default=["a", "", "it's", 'b "c"', "d,e", "{f}", "g\\h", "NULL", " i ", "100%", "ü"],
            ),
        ),
        migrations.AddField(
            "thing",
            "array_numbers",
            django.contrib.postgres.fields.ArrayField(models.IntegerField(), default=[1, -2, 3]),
        ),
        migrations.AddField(
            "thing",
            "array_large",
            django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=[1, 2**40]),
        ),
        migrations.AddField(
            "thing", "array_floats", django.contrib.postgres.fields.ArrayField(models.FloatField(), default=[0.5, 1.0])
        ),
        migrations.AddField(
            "thing",
            "array_booleans",
            django.contrib.postgres.fields.ArrayField(models.BooleanField(), default=[True, False]),
        ),
        migrations.AddField(
            "thing",
            "array_decimals",
            django.contrib.postgres.fields.ArrayField(
                models.DecimalField(decimal_places=2, max_digits=5), default=[Decimal("1.5"), 2]
            ),
        ),
        migrations.AddField(
            "thing",
            "array_nested",
            django.contrib.postgres.fields.ArrayField(
                django.contrib.postgres.fields.ArrayField(models.IntegerField()), default=[[1, 2], [3, 4]]
            ),
        ),
        migrations.AddField(
            "thing",
            "array_nones",
            django.contrib.postgres.fields.ArrayField(models.IntegerField(null=True), default=[1, None]),
        ),
        migrations.AddField(
            "thing",
            "array_uuids",
            django.contrib.postgres.fields.ArrayField(models.UUIDField(), default=[uuid.UUID(int=3)]),
        ),
        migrations.AddField("thing", "hstore_dict", django.contrib.postgres.fields.hstore.HStoreField(default=dict)),
        migrations.AddField(
            "thing",
            "hstore_literal",
            django.contrib.postgres.fields.hstore.HStoreField(default={"a": "b", "it's": 'c "d"', "n": None, "e": 5}),
        ),
        migrations.AddField(
            "thing", "range", django.contrib.postgres.fields.IntegerRangeField(default=NumericRange(1, 10))
        ),
        migrations.AddField("thing", "range_tuple", django.contrib.postgres.fields.IntegerRangeField(default=(1, 10))),
        migrations.AddField(
            "thing", "range_days", django.contrib.postgres.fields.DateRangeField(default=DateRange(None, None, "[]"))
        ),
        migrations.AddField(
            "thing",
            "target",
            models.ForeignKey(default=1, on_delete=django.db.models.deletion.CASCADE, to="defaults.target"),
        ),
        migrations.AddField(
            "thing",
            "target_text",
            models.ForeignKey(
                default="first",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="defaults.target",
                to_field="name",
            ),
        ),
        migrations.AddField(
            "thing",
            "target_null",
            models.OneToOneField(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="defaults.target",
            ),
        ),
    ]
