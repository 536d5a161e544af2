import datetime

from django.contrib.postgres.search import SearchQuery, TrigramSimilarity
from django.db import migrations, models
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.db.models import F, Q
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("checks", "0006_json")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags=["a", "b"]), name="postgres_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags=[]), name="postgres_01")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers=[1, 2]), name="postgres_02")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers=[]), name="postgres_03")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(tags=[]), name="postgres_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__contains=["a"]), name="postgres_05")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(tags__contains=["it's", "100%", 'q"']), name="postgres_06")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers__contains=[1]), name="postgres_07")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(tags__contained_by=["a", "b"]), name="postgres_08")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__overlap=["a", "b"]), name="postgres_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers__overlap=[1, -2]), name="postgres_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__len=3), name="postgres_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__len__gt=0), name="postgres_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__len__lte=5), name="postgres_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers__len__in=[1, 2]), name="postgres_14")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__0="a"), name="postgres_15")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__1__contains="a"), name="postgres_16")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(numbers__0__gt=5), name="postgres_17")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__0_2=["a", "b"]), name="postgres_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__0__isnull=False), name="postgres_19")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__isnull=True), name="postgres_20")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(tags__in=[["a"], ["b", "c"]]), name="postgres_21")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__gt=["a"]), name="postgres_22")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__contains=F("tags")), name="postgres_23")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(numbers__contains=[F("number"), 3]), name="postgres_24")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(tags__icontains="x"), name="postgres_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(tags__contains=["a"]), name="postgres_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore={"a": "b"}), name="postgres_27")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__contains={"a": "b"}), name="postgres_28")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__contains={"it's": "100%", "n": None}), name="postgres_29")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__contained_by={"a": "b"}), name="postgres_30")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore__has_key="a"), name="postgres_31")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__has_keys=["a", "b"]), name="postgres_32")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__has_any_keys=["a", "b"]), name="postgres_33")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore__a="b"), name="postgres_34")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore__a__icontains="b"), name="postgres_35")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore__a__isnull=True), name="postgres_36")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(hstore__keys=["a"]), name="postgres_37")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__keys__contains=["a"]), name="postgres_38")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(hstore__values__overlap=["a"]), name="postgres_39")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range=NumericRange(1, 5)), name="postgres_40")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range=(1, 5)), name="postgres_41")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__contains=3), name="postgres_42")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__contains=NumericRange(1, 2)), name="postgres_43")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__contains=(1, 2)), name="postgres_44")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__contains=F("number")), name="postgres_45")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__contained_by=NumericRange(0, 100)), name="postgres_46")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__contained_by=NumericRange(0, 100)), name="postgres_47")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date__contained_by=DateRange(datetime.date(2020, 1, 1), datetime.date(2021, 1, 1))),
                name="postgres_48",
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__overlap=NumericRange(0, 10, "[]")), name="postgres_49")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__fully_lt=NumericRange(10, 20)), name="postgres_50")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__fully_gt=(10, 20)), name="postgres_51")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__not_lt=(10, None)), name="postgres_52")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__not_gt=(None, 20)), name="postgres_53")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__adjacent_to=(10, 20)), name="postgres_54")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__startswith=1), name="postgres_55")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__startswith__gt=1), name="postgres_56")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__endswith__lte=10), name="postgres_57")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__isempty=True), name="postgres_58")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__isempty=False), name="postgres_59")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__lower_inc=True), name="postgres_60")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__upper_inc=False), name="postgres_61")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__lower_inf=True), name="postgres_62")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(range__upper_inf=False), name="postgres_63")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(range__startswith__isnull=False), name="postgres_64")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(days=DateRange(datetime.date(2020, 1, 1), None)), name="postgres_65")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(days__contains=datetime.date(2020, 1, 1)), name="postgres_66")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(days__overlap=DateRange(None, None)), name="postgres_67")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(days__startswith__year=2020), name="postgres_68")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(moments__contains=datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)),
                name="postgres_69",
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moments__contains=Now()), name="postgres_70")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moments__contains=F("date")), name="postgres_71")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    moments__overlap=DateTimeTZRange(None, datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc))
                ),
                name="postgres_72",
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__unaccent="e"), name="postgres_73")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text__unaccent__icontains="é%"), name="postgres_74")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(char__unaccent__startswith="it's"), name="postgres_75")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text__trigram_similar="word"), name="postgres_76")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text__trigram_word_similar="word"), name="postgres_77")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(char__trigram_strict_word_similar="it's"), name="postgres_78")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__search="word"), name="postgres_79")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__search="it's 100%"), name="postgres_80")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(char__search=SearchQuery("a b", search_type="phrase", config="english")), name="postgres_81"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(words=SearchQuery("word")), name="postgres_82")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(words=SearchQuery("a & b", config="simple", search_type="raw")), name="postgres_83"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(words=SearchQuery("a") & SearchQuery("b")), name="postgres_84")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(words=~SearchQuery("a")), name="postgres_85")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(float__gt=TrigramSimilarity("text", "word")), name="postgres_86")
        ),
    ]
