import django.contrib.postgres.fields
import django.contrib.postgres.fields.hstore
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("columns", "0001_initial")]

    operations = [
        migrations.AddField("NoFields", "plain", models.IntegerField(null=True)),
        migrations.AddField("NoFields", "not_null", models.IntegerField()),
        migrations.AddField("NoFields", "unique", models.CharField(max_length=7, null=True, unique=True)),
        migrations.AddField("NoFields", "indexed", models.CharField(db_index=True, max_length=7, null=True)),
        migrations.AddField("NoFields", "slug", models.SlugField(blank=True)),
        migrations.AddField("NoFields", "unique_text", models.TextField(null=True, unique=True)),
        migrations.AddField("NoFields", "positive", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "NoFields", "unique_positive", models.PositiveIntegerField(db_index=True, null=True, unique=True)
        ),
        migrations.AddField("NoFields", "blank_text", models.TextField(blank=True)),
        migrations.AddField("NoFields", "blank_json", models.JSONField(blank=True, null=True)),
        migrations.AddField("NoFields", "blank_binary", models.BinaryField(blank=True)),
        migrations.AddField(
            model_name="NoFields",
            name="collated",
            field=models.CharField(db_collation="case_insensitive", db_index=True, max_length=7, null=True),
        ),
        migrations.AddField(
            model_name="nofields",
            name="german",
            field=models.CharField(blank=True, db_collation="german", db_index=True, max_length=7),
        ),
        migrations.AddField(
            model_name="nofields",
            name="array",
            field=django.contrib.postgres.fields.ArrayField(models.TextField(), db_index=True, null=True),
        ),
        migrations.AddField("nofields", "hstore", django.contrib.postgres.fields.hstore.HStoreField(null=True)),
        migrations.AddField(
            "nofields", "search", django.contrib.postgres.search.SearchVectorField(db_index=True, null=True)
        ),
        migrations.AddField("nofields", "days", django.contrib.postgres.fields.DateRangeField(null=True)),
        migrations.AddField(
            "nofields", "renamed", models.IntegerField(db_column="Other Name", db_index=True, null=True)
        ),
        migrations.AddField(
            "nofields", "placed", models.IntegerField(db_index=True, db_tablespace="pg_default", null=True)
        ),
        migrations.AddField(
            "nofields", "charkey", models.ForeignKey("columns.CharKey", django.db.models.deletion.CASCADE, null=True)
        ),
        migrations.AddField(
            "nofields",
            "uuidkey",
            models.OneToOneField("columns.uuidkey", django.db.models.deletion.PROTECT, null=True),
        ),
        migrations.AddField(
            "nofields",
            "positivekey",
            models.ForeignKey(
                blank=True,
                db_column="positive_fk",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="columns.positivekey",
            ),
        ),
        migrations.AddField(
            "nofields",
            "smallkey",
            models.ForeignKey("columns.SmallKey", models.DO_NOTHING, db_constraint=False, null=True),
        ),
        migrations.AddField("nofields", "parent", models.ForeignKey("self", models.CASCADE, null=True)),
        migrations.AddField("nofields", "friends", models.ManyToManyField("columns.NoFields")),
        migrations.AddField("nofields", "charkeys", models.ManyToManyField(to="columns.charkey", related_name="many")),
    ]
