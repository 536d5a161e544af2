from decimal import Decimal

from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import (
    Abs,
    ACos,
    ASin,
    ATan,
    ATan2,
    Cast,
    Ceil,
    Coalesce,
    Cos,
    Cot,
    Degrees,
    Exp,
    Floor,
    Greatest,
    Least,
    Ln,
    Log,
    Mod,
    NullIf,
    Pi,
    Power,
    Radians,
    Random,
    Round,
    Sign,
    Sin,
    Sqrt,
    Tan,
)


class Migration(migrations.Migration):
    dependencies = [("checks", "0008_text_functions")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=Abs("nullable")), name="math_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=ACos("float")), name="math_01")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=ASin("float")), name="math_02")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=ATan("float")), name="math_03")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(float__gt=ATan2("float", "number")), name="math_04")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=ATan2("float", 2.5)), name="math_05")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=Ceil("float")), name="math_06")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=Ceil("decimal")), name="math_07")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Cos("float")), name="math_08")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Cot("float")), name="math_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Degrees("float")), name="math_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Exp("float")), name="math_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__gt=Floor("float")), name="math_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Ln("float")), name="math_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Log(2, "float")), name="math_14")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gt=Log("decimal", Decimal("3"))), name="math_15")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Mod("number", 2)), name="math_16")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(float=Mod("float", Value(2.5))), name="math_17")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Pi()), name="math_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Power("float", 2)), name="math_19")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Power("number", "nullable")), name="math_20")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Radians("float")), name="math_21")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Random()), name="math_22")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Round("float")), name="math_23")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gt=Round("decimal", 1)), name="math_24")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gt=Round("decimal", precision=-1)), name="math_25")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Sign("number")), name="math_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Sin("float")), name="math_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Sqrt("float")), name="math_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(float__gt=Tan("float")), name="math_29")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Coalesce("nullable", 0)), name="math_30")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Coalesce("nullable", "big", Value(5))), name="math_31")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Coalesce("char", Value(""))), name="math_32")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Coalesce(F("char"), F("slug"), Value("it's"))), name="math_33")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=Coalesce("maybe", False)), name="math_34")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(decimal__gt=Coalesce("decimal", Decimal("1.5"))), name="math_35")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(date__gt=Coalesce("date", Cast("moment", models.DateField()))), name="math_36"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Greatest("nullable", "big")), name="math_37")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=Greatest("nullable", 3, Value(5))), name="math_38")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__lt=Least("nullable", "big", F("number") + 1)), name="math_39")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=NullIf("nullable", 0)), name="math_40")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=NullIf("char", Value(""))), name="math_41")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Cast("char", models.IntegerField())), name="math_42")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(number=Cast("char", output_field=models.IntegerField())), name="math_43"),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Cast("number", models.TextField())), name="math_44")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Cast("number", models.CharField(max_length=5))), name="math_45")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Cast("number", models.CharField())), name="math_46")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Cast(Value(5), models.TextField())), name="math_47")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(float=Cast("number", models.FloatField())), name="math_48")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(big=Cast("number", models.BigIntegerField())), name="math_49")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(small=Cast("number", models.PositiveSmallIntegerField())), name="math_50"),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(decimal=Cast("text", models.DecimalField(max_digits=9, decimal_places=3))), name="math_51"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(flag=Cast("number", models.BooleanField())), name="math_52")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(date=Cast("moment", models.DateField())), name="math_53")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(moment=Cast("date", models.DateTimeField())), name="math_54")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(time=Cast("moment", models.TimeField())), name="math_55")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(duration=Cast("text", models.DurationField())), name="math_56")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(uuid=Cast("text", models.UUIDField())), name="math_57")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data=Cast("text", models.JSONField())), name="math_58")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data=Cast(Value("{}"), models.JSONField())), name="math_59")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(ip=Cast("text", models.GenericIPAddressField())), name="math_60")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(id=Cast("text", models.AutoField())), name="math_61")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(id=Cast("text", models.BigAutoField())), name="math_62")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(slug=Cast("text", models.SlugField(max_length=7))), name="math_63")
        ),
    ]
