import django.contrib.postgres.indexes as pg
from django.contrib.postgres.indexes import BTreeIndex, GinIndex, GistIndex, OpClass, SpGistIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("indexes", "0001_initial")]

    operations = [
        migrations.AddIndex("Page", models.Index(fields=["other"], name="page_other")),
        migrations.AddIndex(model_name="page", index=models.Index("number", "created", name="page_strings")),
        migrations.AddIndex(
            "page", models.Index(fields=["-title"], name="page_desc_ops", opclasses=["text_pattern_ops"])
        ),
        migrations.AddIndex("page", models.Index(condition=~Q(other=None), fields=["other"], name="page_not_null")),
        migrations.AddIndex("page", models.Index(fields=["other"], include=["body"], name="page_other_include")),
        migrations.AddIndex("page", models.Index(F("created").desc(nulls_last=True), name="page_nulls_last")),
        migrations.AddIndex("page", models.Index(F("created").asc(nulls_first=True), name="page_nulls_first")),
        migrations.AddIndex("page", models.Index(OpClass("body", name="text_pattern_ops"), name="page_opclass")),
        migrations.AddIndex(
            "page", models.Index(OpClass(Lower("body"), name="text_pattern_ops").desc(), name="page_opclass_desc")
        ),
        migrations.AddIndex("page", BTreeIndex(fields=["number", "other"], name="page_btree_two", fillfactor=10)),
        migrations.AddIndex("page", BTreeIndex(Lower("title"), "number", name="page_btree_lower", include=["other"])),
        migrations.AddIndex("page", pg.BrinIndex(fields=["number"], name="page_brin_added", autosummarize=False)),
        migrations.AddIndex("page", pg.BrinIndex(fields=["number", "other"], name="page_brin_two", pages_per_range=4)),
        migrations.AddIndex("page", GinIndex(fields=["numbers"], name="page_intarray", opclasses=["gin__int_ops"])),
        migrations.AddIndex("page", GinIndex(fields=["number", "tags"], name="page_btree_gin", fastupdate=True)),
        migrations.AddIndex("page", GinIndex(SearchVector("title", "body", config="english"), name="page_search")),
        migrations.AddIndex(
            "page",
            GinIndex(
                SearchVector("title", weight="A", config="german") + SearchVector("body", weight="D", config="german"),
                name="page_search_weight",
            ),
        ),
        migrations.AddIndex(
            "page",
            GinIndex(OpClass(F("title"), name="gin_trgm_ops"), condition=Q(published=True), name="page_gin_condition"),
        ),
        migrations.AddIndex("page", GistIndex(fields=["title"], name="page_gist_trgm", opclasses=["gist_trgm_ops"])),
        migrations.AddIndex("page", GistIndex(fields=["number"], name="page_gist_off", buffering=False)),
        migrations.AddIndex("page", GistIndex("period", condition=Q(number=1), name="page_gist_expression")),
        migrations.AddIndex("page", SpGistIndex(fields=["ip"], name="page_spgist_inet", opclasses=["inet_ops"])),
        migrations.AddIndex("page", SpGistIndex(fields=["period"], name="page_spgist_include", include=["other"])),
        migrations.AddIndex("page", pg.HashIndex(Lower("title"), name="page_hash_lower")),
        migrations.AddIndex("page", pg.BloomIndex(fields=["number"], name="page_bloom_plain")),
        migrations.AddIndex("page", pg.BloomIndex(fields=["number", "other"], name="page_bloom_columns", columns=(3,))),
        migrations.AddIndex("page", models.Index(fields=["number", "created"], name="indexes_pag_number_0a1b2c_idx")),
        migrations.AddIndex("page", models.Index(fields=["number"], name="Quoted Name")),
        migrations.AddIndex("page", models.Index(fields=["id", "title"], name="page_id")),
    ]
