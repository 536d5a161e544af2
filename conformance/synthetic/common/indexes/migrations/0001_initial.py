import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions
from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Every index class, in Meta of a new model: deferred to the end."""

    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=100)),
                ("body", models.TextField(db_column="Body Text")),
                ("number", models.IntegerField(db_index=True)),
                ("other", models.IntegerField(null=True)),
                ("published", models.BooleanField(default=False)),
                ("created", models.DateTimeField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("tags", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=10), default=list)),
                ("numbers", django.contrib.postgres.fields.ArrayField(models.IntegerField(), default=list)),
                ("period", django.contrib.postgres.fields.DateTimeRangeField(null=True)),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["title"], name="page_title"),
                    models.Index(fields=["-created", "number"], name="page_created"),
                    models.Index(fields=["body"], name="page_body_ops", opclasses=["text_pattern_ops"]),
                    models.Index(
                        fields=["title", "-body"], name="page_two_ops", opclasses=["varchar_pattern_ops", "text_ops"]
                    ),
                    models.Index(fields=["number"], include=["title", "body"], name="page_include"),
                    models.Index(condition=Q(published=True), fields=["number"], name="page_published"),
                    models.Index(
                        condition=Q(published=False, number__gt=3) | Q(title="it's 100%"),
                        fields=["title"],
                        include=("number",),
                        name="page_all",
                        db_tablespace="pg_default",
                    ),
                    models.Index(django.db.models.functions.Lower("title"), name="page_lower"),
                    models.Index(
                        django.db.models.functions.Lower("title").desc(), F("number").asc(), "body", name="page_mixed"
                    ),
                    django.contrib.postgres.indexes.BTreeIndex(fields=["number"], fillfactor=80, name="page_btree"),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created"], name="page_brin", pages_per_range=16
                    ),
                    django.contrib.postgres.indexes.BrinIndex(fields=["number"], name="page_brin_plain"),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="page_gin"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words"], gin_pending_list_limit=128, name="page_gin_options"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["title", "body"], name="page_gin_trgm", opclasses=["gin_trgm_ops", "gin_trgm_ops"]
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["data"], name="page_gin_json", opclasses=["jsonb_path_ops"]
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        OpClass(django.db.models.functions.Upper("title"), name="gin_trgm_ops"), name="page_gin_upper"
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        buffering=True, fields=["period"], fillfactor=95, name="page_gist"
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["period"], include=["number"], name="page_gist_include"
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["ip"], name="page_gist_inet", opclasses=["inet_ops"]
                    ),
                    django.contrib.postgres.indexes.SpGistIndex(fields=["title"], fillfactor=60, name="page_spgist"),
                    django.contrib.postgres.indexes.HashIndex(fields=["title"], name="page_hash", fillfactor=50),
                    django.contrib.postgres.indexes.HashIndex(
                        condition=Q(number__isnull=False), fields=["body"], name="page_hash_some"
                    ),
                    django.contrib.postgres.indexes.BloomIndex(
                        columns=[4, 5, 2], fields=["number", "other", "title"], length=96, name="page_bloom"
                    ),
                ],
            },
        ),
    ]
