import uuid

import django.db.models.deletion
from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.contrib.postgres.search import SearchConfig, SearchVector
from django.db import migrations, models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, JSONArray, JSONObject, Lower


class Migration(migrations.Migration):
    """What only newer versions have, or do otherwise so that older ones fail."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Row",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("text", models.CharField(max_length=20)),
                ("number", models.IntegerField(null=True)),
                ("data", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(condition=Q(data=JSONArray("number", Value("x"))), name="json_array")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(condition=Q(data=JSONObject(a=JSONArray("text"))), name="json_nested")
        ),
        migrations.AddIndex("row", models.Index(Concat("text", Value(" "), "text"), name="concat")),
        migrations.AddIndex(
            "row", models.Index(Concat(F("text"), F("number"), output_field=TextField()), name="concat_int")
        ),
        migrations.AddIndex("row", BTreeIndex(fields=["number"], name="deduplicate", deduplicate_items=False)),
        migrations.AddIndex(
            "row", BTreeIndex(Lower("text"), name="deduplicate_on", deduplicate_items=True, fillfactor=70)
        ),
        migrations.AddIndex("row", GinIndex(SearchVector("text", config=SearchConfig("simple")), name="search_config")),
        migrations.AddConstraint("row", models.CheckConstraint(condition=Q(data__a__in=["x", 1]), name="json_in")),
        migrations.AddConstraint("row", models.CheckConstraint(condition=Q(**{"data__-1": 1}), name="json_negative")),
        # A key of text becomes one of another type.
        migrations.CreateModel(name="Device", fields=[("id", models.TextField(primary_key=True))]),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("device", models.ForeignKey("functions.device", django.db.models.deletion.CASCADE)),
            ],
        ),
        migrations.AlterField("device", "id", models.UUIDField(default=uuid.uuid4, primary_key=True)),
    ]
