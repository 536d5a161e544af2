from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("a", models.IntegerField(null=True)),
                ("b", models.CharField(max_length=9, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["a"], name="pair_not_distinct", nulls_distinct=False),
                    models.UniqueConstraint(fields=["b"], name="pair_distinct", nulls_distinct=True),
                    models.UniqueConstraint(fields=["a", "b"], name="pair_default", nulls_distinct=None),
                    models.UniqueConstraint(
                        fields=["a", "b"], include=["id"], name="pair_include", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        condition=Q(a__gt=3), fields=["b"], name="pair_condition", nulls_distinct=False
                    ),
                    models.UniqueConstraint(Lower("b"), name="pair_lower", nulls_distinct=False),
                ],
            },
        ),
        migrations.AddConstraint(
            "pair", models.UniqueConstraint(fields=["b", "a"], name="pair_added", nulls_distinct=False)
        ),
        migrations.AddConstraint(
            "pair",
            models.UniqueConstraint(
                fields=["b", "a"], name="pair_deferred", deferrable=models.Deferrable.DEFERRED, nulls_distinct=True
            ),
        ),
        migrations.AddConstraint(
            "pair",
            models.UniqueConstraint(
                Lower("b").desc(), F("a"), condition=~Q(b=""), include=["id"], name="pair_all", nulls_distinct=False
            ),
        ),
    ]
