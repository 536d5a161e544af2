from django.db import migrations, models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import RawSQL


class Migration(migrations.Migration):
    dependencies = [("checks", "0001_initial")]

    operations = [
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=1), name="logic_00")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=1, nullable=2), name="logic_01")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(nullable=2, number=1, flag=True), name="logic_02")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=1) & Q(nullable=2), name="logic_03")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=1) | Q(nullable=2), name="logic_04")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=1) ^ Q(nullable=2), name="logic_05")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=1) ^ Q(number=2) ^ Q(flag=True), name="logic_06")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(number=1), name="logic_07")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable=1), name="logic_08")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~~Q(nullable=1), name="logic_09")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(number=1, flag=True), name="logic_10")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(number=1, nullable=2), name="logic_11")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~(Q(number=1) | Q(nullable=2)), name="logic_12")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~(Q(number=1) & ~Q(nullable=2)), name="logic_13")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~(Q(number=1) | ~Q(nullable=2)), name="logic_14")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=1) & ~Q(number=2) & ~Q(nullable=3), name="logic_15")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(Q(number=1), Q(number=2), _connector=Q.OR), name="logic_16")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(Q(number=1), nullable=3), name="logic_17")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(Q(("number", 1), ("flag", True)), Q(("number", 2), ("flag", False)), _connector="OR"),
                name="logic_18",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(Q(("nullable__isnull", True), _negated=True), ("number", 1), _connector="AND"), name="logic_19"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(("number__gt", 1), _negated=True), name="logic_20")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(("number", 1), ("number", 2), _connector="XOR"), name="logic_21")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=1) | Q(number=2) | Q(number=3), name="logic_22")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=(Q(number=1) | Q(number=2)) & (Q(nullable=1) | Q(nullable=2)), name="logic_23"
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=1) | Q(number=2) & Q(nullable=1), name="logic_24")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(Q(Q(Q(number=4)))), name="logic_25")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(Q(), Q(number=5)), name="logic_26")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q() | Q(number=6), name="logic_27")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=True), name="logic_28")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=False), name="logic_29")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(flag=True), name="logic_30")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(flag=False), name="logic_31")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(maybe=True), name="logic_32")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(maybe=False), name="logic_33")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(maybe=None), name="logic_34")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(maybe__isnull=True), name="logic_35")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=True) & Q(maybe=False), name="logic_36")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(flag__exact=True) | Q(maybe__exact=False), name="logic_37")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=1), name="logic_38")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=F("maybe")), name="logic_39")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nullable__isnull=True), name="logic_40")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nullable__isnull=False), name="logic_41")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable__isnull=True), name="logic_42")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable__isnull=False), name="logic_43")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nullable=None), name="logic_44")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable=None), name="logic_45")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__isnull=True) | Q(text__isnull=False), name="logic_46")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(parent__isnull=True) ^ Q(named__isnull=True), name="logic_47")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(parent=None, named=None) | ~Q(parent=None), name="logic_48")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=F("nullable")), name="logic_49")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(number=F("nullable")), name="logic_50")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable=F("big")), name="logic_51")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nullable__lt=F("number")), name="logic_52")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(pk=5), name="logic_53")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(id__gt=5), name="logic_54")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(pk__in=[1, 2]), name="logic_55")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in=[1]), name="logic_56")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in=(1, 2, 3)), name="logic_57")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in={7}), name="logic_58")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in=range(3)), name="logic_59")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__in=[F("nullable"), 3]), name="logic_60")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in=[]) | Q(flag=True), name="logic_61")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=~Q(number__in=[]) & Q(flag=True), name="logic_62")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable__in=[1, 2]), name="logic_63")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(nullable__in=[1, None, 2]), name="logic_64")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__in=[2, 2, 2]), name="logic_65")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text__in=["a", "b'c", "100%"]), name="logic_66")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__range=(1, 10)), name="logic_67")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(nullable__range=[1, 10]), name="logic_68")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__range=(F("nullable"), 10)), name="logic_69")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number__exact=1), name="logic_70")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(ExpressionWrapper(Q(number=1), output_field=models.BooleanField())), name="logic_71"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=ExpressionWrapper(Q(number=1) | Q(nullable=2), output_field=models.BooleanField()),
                name="logic_72",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=RawSQL("number > 0", (), output_field=models.BooleanField()), name="logic_73"),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=RawSQL('number > %s and "Text" <> %s', (3, "100%"), output_field=models.BooleanField()),
                name="logic_74",
            ),
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number__gt=RawSQL("nullable + %s", [1])), name="logic_75")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(Case(When(number=1, then=Value(True)), default=Value(False))), name="logic_76"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Case(When(number=1, then=Q(flag=True)), default=Value(True), output_field=models.BooleanField()),
                name="logic_77",
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(Value(True)) | Q(number=3), name="logic_78")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(parent="12345678-1234-5678-1234-567812345678"), name="logic_79")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(parent_id__in=["12345678123456781234567812345678"]), name="logic_80")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(parent__in=["12345678123456781234567812345678"]), name="logic_81")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(named="a'b"), name="logic_82")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(named__gt="k"), name="logic_83")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(named=F("char")), name="logic_84")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(named="x"), name="logic_85")),
        migrations.AddConstraint("row", models.CheckConstraint(check=~Q(parent=F("uuid")), name="logic_86")),
    ]
