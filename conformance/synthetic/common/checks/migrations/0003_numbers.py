from decimal import Decimal

from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual


class Migration(migrations.Migration):
    dependencies = [("checks", "0002_logic")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=1), name="numbers_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gte=-1), name="numbers_01")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__lt=1), name="numbers_02")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__lte=10**6), name="numbers_03")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=1.5), name="numbers_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gte=1.5), name="numbers_05")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__lt=1.5), name="numbers_06")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__lte=1.5), name="numbers_07")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gte="3"), name="numbers_08")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(big__lt=2**40), name="numbers_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(small__gt=3), name="numbers_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(small__gt=-5, number=2), name="numbers_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=0.5), name="numbers_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__lte=1), name="numbers_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float=-1.5), name="numbers_14")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__range=(0.0, 1e20)), name="numbers_15")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(decimal__gt=0), name="numbers_16")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gte=Decimal("1.50")), name="numbers_17")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(decimal__lt="9.99"), name="numbers_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(decimal=Decimal("-0.001")), name="numbers_19")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__in=[Decimal("1"), 2]), name="numbers_20")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__range=(0, Decimal("99.99"))), name="numbers_21")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") + 1), name="numbers_22")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") - F("big")), name="numbers_23")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") * 2 + 1), name="numbers_24")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=(F("nullable") + 1) * 2), name="numbers_25")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") / 2), name="numbers_26")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") % 2), name="numbers_27")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable") ** 2), name="numbers_28")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=2 + F("nullable")), name="numbers_29")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=2 - F("nullable") * -1), name="numbers_30")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=-F("nullable")), name="numbers_31")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable").bitand(3)), name="numbers_32")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable").bitor(F("big"))), name="numbers_33")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable").bitleftshift(2)), name="numbers_34")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable").bitrightshift(2)), name="numbers_35")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=F("nullable").bitxor(2)), name="numbers_36")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gt=F("decimal") * Decimal("0.5")), name="numbers_37")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(float__gt=F("number") * 1.5), name="numbers_38")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Value(5)), name="numbers_39")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(number=Value(5, output_field=models.IntegerField())), name="numbers_40"),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Value(5) + Value(2)), name="numbers_41")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(GreaterThan(F("number"), 3)), name="numbers_42")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=GreaterThan(F("number"), 4), name="numbers_43")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=LessThan(F("number") + F("nullable"), Value(10)), name="numbers_44")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=GreaterThanOrEqual(F("decimal"), Decimal("2.5")), name="numbers_45")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=LessThanOrEqual(F("nullable") * 2, F("number")), name="numbers_46")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Exact(F("flag"), True), name="numbers_47")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Exact(F("number"), F("big")), name="numbers_48")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(IsNull(F("nullable"), False)), name="numbers_49")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=IsNull(F("nullable") + F("big"), True), name="numbers_50")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=~Q(GreaterThan(F("nullable"), 3)), name="numbers_51")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(GreaterThan(F("number"), 3)) | Q(Exact(F("text"), "a")), name="numbers_52"),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__icontains=1), name="numbers_53")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__startswith="1"), name="numbers_54")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(decimal__contains=5), name="numbers_55")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__regex="^1"), name="numbers_56")),
    ]
