from django.contrib.postgres.functions import RandomUUID, TransactionNow
from django.db import migrations, models
from django.db.models import BooleanField, Case, CharField, F, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Coalesce, JSONObject, Length, Lower


class Migration(migrations.Migration):
    dependencies = [("checks", "0010_date_functions")]

    operations = [
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Case(When(flag=True, then=1), default=2)), name="case_00")
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=Case(When(flag=True, then=Value(1)), When(flag=False, then=Value(2)))), name="case_01"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    number=Case(
                        When(Q(flag=True) | Q(maybe=True), then=F("nullable")),
                        default=F("big"),
                        output_field=IntegerField(),
                    )
                ),
                name="case_02",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=Case(When(flag=True, number__gt=3, then=1), default=0, output_field=IntegerField())),
                name="case_03",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    text=Case(
                        When(char="a", then=Value("it's")),
                        When(char__startswith="b%", then=Lower("char")),
                        default=Value(""),
                    )
                ),
                name="case_04",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(text=Case(When(char="a", then=Value("x")), default="char")), name="case_05"),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    text=Case(When(char__isnull=True, then=Value(None)), default=Value("y"), output_field=TextField())
                ),
                name="case_06",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(
                    flag=Case(
                        When(number__in=[1, 2], then=Value(True)), default=Value(False), output_field=BooleanField()
                    )
                ),
                name="case_07",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(flag=Case(When(~Q(nullable=1), then=True), default=False)), name="case_08"),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Case(default=Value(3))), name="case_09")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=Case(When(data__a="b", then=1), When(tags__contains=["a"], then=2), default=3)),
                name="case_10",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number=Case(When(Q(flag=True), then=Case(When(maybe=True, then=1), default=2)), default=3)),
                name="case_11",
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                check=Q(number__gt=Coalesce(Case(When(flag=True, then="nullable")), 0)), name="case_12"
            ),
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(text=Value("a")), name="case_13")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Value("a", output_field=CharField())), name="case_14")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(text=Value("a", CharField(max_length=1))), name="case_15")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(number=Value(None)), name="case_16")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(flag=Value(True)), name="case_17")),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(number=Value(5) * F("nullable")), name="case_18")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data=JSONObject(a="number", b=Lower("text"))), name="case_19")
        ),
        migrations.AddConstraint(
            "row", models.CheckConstraint(check=Q(data=JSONObject(it=Value("x"), n=F("nullable") + 1)), name="case_20")
        ),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(uuid=RandomUUID()), name="case_21")),
        migrations.AddConstraint("row", models.CheckConstraint(check=Q(moment__lt=TransactionNow()), name="case_22")),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(check=Q(number__gt=Length(Lower(Coalesce("char", Value("none"))))), name="case_23"),
        ),
    ]
