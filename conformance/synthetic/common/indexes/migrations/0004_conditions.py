import datetime

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower


class Migration(migrations.Migration):
    dependencies = [("indexes", "0003_expressions")]

    operations = [
        migrations.AddIndex("page", models.Index(condition=Q(other__isnull=True), fields=["number"], name="c_null")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(("other__isnull", False)), fields=["number"], name="c_not_null")
        ),
        migrations.AddIndex(
            "page",
            models.Index(
                condition=Q(("number__gte", 1), ("other__lt", 5), _connector="OR"),
                fields=["number"],
                name="c_connector",
            ),
        ),
        migrations.AddIndex(
            "page", models.Index(condition=Q(("number", 1), _negated=True), fields=["number"], name="c_negated")
        ),
        migrations.AddIndex("page", models.Index(condition=~Q(other=1), fields=["number"], name="c_not_nullable")),
        migrations.AddIndex("page", models.Index(condition=~Q(number=1, other=2), fields=["number"], name="c_not_two")),
        migrations.AddIndex("page", models.Index(condition=Q(number__in=[1, 2, 3]), fields=["number"], name="c_in")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(title__in=("a", "it's")), fields=["number"], name="c_in_text")
        ),
        migrations.AddIndex("page", models.Index(condition=~Q(other__in=[1, 2]), fields=["number"], name="c_not_in")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(number__in=[1, None]), fields=["number"], name="c_in_none")
        ),
        migrations.AddIndex("page", models.Index(condition=Q(number=F("other")), fields=["number"], name="c_f")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(number__gt=F("other") + 1), fields=["number"], name="c_f_plus")
        ),
        migrations.AddIndex(
            "page", models.Index(condition=Q(published=True) & Q(), fields=["number"], name="c_empty_q")
        ),
        migrations.AddIndex(
            "page",
            models.Index(
                condition=Q(created__gt=datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)),
                fields=["number"],
                name="c_moment",
            ),
        ),
        migrations.AddIndex(
            "page", models.Index(condition=Q(created__isnull=False, published=False), fields=["id"], name="c_two")
        ),
        migrations.AddIndex("page", models.Index(condition=Q(title=""), fields=["body"], name="c_empty")),
        migrations.AddIndex("page", models.Index(condition=~Q(title=""), fields=["title"], name="c_not_empty")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(body__contains="100%"), fields=["title"], name="c_contains")
        ),
        migrations.AddIndex(
            "page", models.Index(condition=Q(number__gt=Length("title")), fields=["title"], name="c_length")
        ),
        migrations.AddIndex(
            "page", models.Index(Lower("title"), condition=Q(number__range=(1, 5)), name="c_expression")
        ),
        migrations.AddIndex("page", models.Index(condition=Q(data__kind="a"), fields=["number"], name="c_json")),
        migrations.AddIndex("page", models.Index(condition=Q(data__has_key="a"), fields=["number"], name="c_has_key")),
        migrations.AddIndex("page", models.Index(condition=Q(tags__contains=["a"]), fields=["number"], name="c_array")),
        migrations.AddIndex("page", models.Index(condition=Q(tags=[]), fields=["number"], name="c_array_empty")),
        migrations.AddIndex("page", models.Index(condition=Q(pk__gt=100), fields=["number"], name="c_pk")),
        migrations.AddIndex(
            "page", models.Index(condition=Q(published=True) ^ Q(number=1), fields=["number"], name="c_xor")
        ),
    ]
