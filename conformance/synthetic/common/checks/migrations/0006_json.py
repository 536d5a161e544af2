from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT, KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Lower


class Migration(migrations.Migration):
    dependencies = [("checks", "0005_dates")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data={}), name="json_00")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data={"b": 1, "a": [1, "it's", None]}), name="json_01")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data=[]), name="json_02")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data=["100%"]), name="json_03")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data="text"), name="json_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data=5), name="json_05")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data=True), name="json_06")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__isnull=True), name="json_07")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data__exact=Value(None, models.JSONField())), name="json_08")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(data={}), name="json_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__contains={"a": 1}), name="json_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__contains=["x"]), name="json_11")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data__contained_by={"a": 1, "b": "100%"}), name="json_12")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__has_key="a"), name="json_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__has_key="it's"), name="json_14")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__has_keys=["a", "b"]), name="json_15")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data__has_any_keys=["a", "b'c"]), name="json_16")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(data__has_key="a"), name="json_17")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a=1), name="json_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a="text"), name="json_19")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a="it's 100%"), name="json_20")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a=True), name="json_21")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a=None), name="json_22")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a=[1, 2]), name="json_23")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a={"b": "c"}), name="json_24")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__b=1), name="json_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__b__c="x"), name="json_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__0="first"), name="json_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__0__b="x"), name="json_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__gt=5), name="json_29")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__gte=1.5), name="json_30")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__lt="m"), name="json_31")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__in=[1, "b", None]), name="json_32")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__range=(1, 5)), name="json_33")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__isnull=True), name="json_34")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__isnull=False), name="json_35")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(data__a=1), name="json_36")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(data__a__isnull=True), name="json_37")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__icontains="x%"), name="json_38")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__contains={"b": 1}), name="json_39")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__startswith="x"), name="json_40")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__istartswith="x"), name="json_41")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__endswith="x"), name="json_42")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__iendswith="x"), name="json_43")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__iexact="X"), name="json_44")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__iexact=None), name="json_45")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__regex="^x"), name="json_46")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__iregex="^x"), name="json_47")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__has_key="b"), name="json_48")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data__a__b__has_keys=["b", "c"]), name="json_49")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a=F("data__b")), name="json_50")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data__a__b=F("data__c__d")), name="json_51")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=KT("data__a")), name="json_52")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=KeyTextTransform("a", "data")), name="json_53")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Lower(KeyTextTransform("a", KeyTransform("b", "data")))), name="json_54"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number__gt=Cast(KeyTextTransform("n", "data"), models.IntegerField())), name="json_55"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(data=F("data__a")), name="json_56")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(**{"data__it's": 1}), name="json_57")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(**{"data__a b": "c"}), name="json_58")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(**{"data__100%": 1}), name="json_59")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(**{"data__-1": "last"}), name="json_60")),
    ]
