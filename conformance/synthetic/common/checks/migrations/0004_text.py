from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.db.models.lookups import Contains, IContains, IExact, StartsWith


class Migration(migrations.Migration):
    dependencies = [("checks", "0003_numbers")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="a"), name="text_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__exact="it's"), name="text_01")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="back\\slash"), name="text_02")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="new\nline"), name="text_03")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="ünï – 🎉"), name="text_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="100%"), name="text_05")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text="%s"), name="text_06")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=""), name="text_07")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(text=""), name="text_08")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(char=""), name="text_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char="5"), name="text_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char=5), name="text_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__iexact="A'b"), name="text_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__iexact="100%"), name="text_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char__iexact="ä"), name="text_14")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nocase="abc"), name="text_15")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains="a"), name="text_16")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains="100%"), name="text_17")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains="a_b"), name="text_18")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains="a\\b"), name="text_19")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains="it's"), name="text_20")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char__icontains="A"), name="text_21")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__icontains="100%_\\"), name="text_22")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__startswith="A%"), name="text_23")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char__istartswith="a_"), name="text_24")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__endswith="."), name="text_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(char__iendswith="é"), name="text_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__gt="m"), name="text_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__gte="m", char__lt="n"), name="text_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__lte="z'"), name="text_29")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__range=("a", "z")), name="text_30")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__regex=r"^[a-z]+\d{2}$"), name="text_31")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__regex="it's|100%"), name="text_32")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(char__iregex=r"^\w+@\w+\.[a-z]{2,}$"), name="text_33")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(char__regex="^0"), name="text_34")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(text__contains="x"), name="text_35")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(char__contains="x"), name="text_36")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains=F("char")), name="text_37")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__icontains=F("char")), name="text_38")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__startswith=F("char")), name="text_39")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__istartswith=F("char")), name="text_40")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__endswith=F("char")), name="text_41")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__iendswith=F("char")), name="text_42")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__iexact=F("char")), name="text_43")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__regex=F("char")), name="text_44")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__iregex=F("char")), name="text_45")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text__contains=Lower("char")), name="text_46")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Lower("text")), name="text_47")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Upper(F("char"))), name="text_48")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(text=Concat("char", Value("-"), "slug", output_field=models.TextField())), name="text_49"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Value("it's 100%")), name="text_50")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text__in=[Lower("char"), Value("x"), "y"]), name="text_51")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(Contains(F("text"), "a%")), name="text_52")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Contains(Lower("text"), "it's"), name="text_53")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=StartsWith(F("text"), Value("b")), name="text_54")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=IContains(F("char"), F("text")), name="text_55")),
        migrations.AddConstraint("row", models.CheckConstraint(check=IExact(F("char"), "A"), name="text_56")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(slug__regex="^[-a-z]+$"), name="text_57")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(email__endswith="@example.org"), name="text_58")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(email__contains="@"), name="text_59")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(file=""), name="text_60")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(file__endswith=".txt"), name="text_61")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(uuid="12345678-1234-5678-1234-567812345678"), name="text_62")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid__icontains="1234"), name="text_63")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid__startswith="1234-5678"), name="text_64")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(uuid__iexact="12345678-1234-5678-1234-567812345678"), name="text_65")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid=F("parent")), name="text_66")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(ip="127.0.0.1"), name="text_67")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(ip__startswith="10."), name="text_68")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(ip__icontains="ff"), name="text_69")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(ip__gt="::1"), name="text_70")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(ip__in=["10.0.0.1", "::1"]), name="text_71")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(binary=b"\x00'\\"), name="text_72")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(binary__gt=b""), name="text_73")),
    ]
