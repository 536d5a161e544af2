from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import (
    MD5,
    SHA1,
    SHA224,
    SHA256,
    SHA384,
    SHA512,
    Chr,
    Collate,
    Concat,
    ConcatPair,
    Left,
    Length,
    Lower,
    LPad,
    LTrim,
    Ord,
    Repeat,
    Replace,
    Reverse,
    Right,
    RPad,
    RTrim,
    StrIndex,
    Substr,
    Trim,
    Upper,
)
from django.db.models.lookups import Exact, GreaterThan


class Migration(migrations.Migration):
    dependencies = [("checks", "0007_postgres")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Chr("number")), name="text_functions_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Chr(Value(64))), name="text_functions_01")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Concat("char", "slug")), name="text_functions_02")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Concat(F("char"), Value("it's"), F("number"), output_field=models.TextField())),
                name="text_functions_03",
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Concat(Value("100%"), "text")), name="text_functions_04")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=ConcatPair("char", "slug")), name="text_functions_05")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Left("char", 3)), name="text_functions_06")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Left("char", F("number"))), name="text_functions_07")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Length("text")), name="text_functions_08")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__lt=Length(Value("abc"))), name="text_functions_09")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Exact(Length("text"), 5), name="text_functions_10")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=GreaterThan(Length(Trim("text")), 0), name="text_functions_11")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(GreaterThan(Length("char"), 0)), name="text_functions_12")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Lower("char")), name="text_functions_13")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Lower(Lower("char"))), name="text_functions_14")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char=Upper("char")), name="text_functions_15")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=LPad("char", 5, Value("0"))), name="text_functions_16")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=LPad("char", Length("text"))), name="text_functions_17")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=RPad("char", 5, Value("x'"))), name="text_functions_18")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=LTrim("char")), name="text_functions_19")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=RTrim("char")), name="text_functions_20")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Trim("char")), name="text_functions_21")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=MD5("char")), name="text_functions_22")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=MD5(Value("a"))), name="text_functions_23")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=SHA1("char")), name="text_functions_24")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=SHA224("char")), name="text_functions_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=SHA256("char")), name="text_functions_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=SHA384("char")), name="text_functions_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=SHA512("char")), name="text_functions_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Ord("text")), name="text_functions_29")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Repeat("char", 3)), name="text_functions_30")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Repeat(Value("ab"), F("number"))), name="text_functions_31")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(text=Replace("char", Value("a"), Value("b"))), name="text_functions_32"),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Replace(F("char"), Value("%"))), name="text_functions_33")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Reverse("char")), name="text_functions_34")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Right("char", 2)), name="text_functions_35")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Right("char", F("number"))), name="text_functions_36")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=StrIndex("text", Value("it's"))), name="text_functions_37")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=StrIndex("text", "char")), name="text_functions_38")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Substr("char", 2)), name="text_functions_39")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Substr("char", 2, 5)), name="text_functions_40")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Substr("char", F("number"), Length("text") - 1)), name="text_functions_41"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Collate("char", "C")), name="text_functions_42")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Collate(Value("x"), "de-x-icu")), name="text_functions_43")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Collate(Lower("text"), "german")), name="text_functions_44")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Func("char", function="initcap")), name="text_functions_45")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Func(F("char"), Value("a"), Value("b"), function="translate")), name="text_functions_46"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=Func("text", function="char_length", output_field=models.IntegerField())),
                name="text_functions_47",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    number=Func("text", template="char_length(%(expressions)s)", output_field=models.IntegerField())
                ),
                name="text_functions_48",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Func(F("char"), F("slug"), arg_joiner=" || ", template="(%(expressions)s)")),
                name="text_functions_49",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Func(F("char"), Value("%x"), function="format", arg_joiner=" , ")),
                name="text_functions_50",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Func(function="current_user", template="%(function)s", output_field=models.TextField())),
                name="text_functions_51",
            ),
        ),
    ]
