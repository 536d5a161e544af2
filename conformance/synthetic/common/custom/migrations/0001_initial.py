from django.db import migrations, models

import synthetic.common.custom.fields
from synthetic.common.custom.fields import ColourField, MoneyField, OwnerField


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Owner",
            fields=[("id", models.UUIDField(primary_key=True))],
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("short", synthetic.common.custom.fields.ShortField(db_index=True)),
                ("length", synthetic.common.custom.fields.DefaultLengthField()),
                ("longer", synthetic.common.custom.fields.DefaultLengthField(max_length=60, null=False)),
                ("plain", synthetic.common.custom.fields.PlainSubclass(unique=True)),
                ("lower", synthetic.common.custom.fields.LowerField(max_length=9)),
                ("money", MoneyField()),
                ("query", synthetic.common.custom.fields.TsQueryField(null=True)),
                ("fixed", synthetic.common.custom.fields.FixedField(db_index=True, max_length=3)),
                ("count", synthetic.common.custom.fields.CountField()),
                ("colour", ColourField(samples=["#000000"])),
                ("owner", OwnerField()),
                ("nowhere", synthetic.common.custom.fields.NoColumnField()),
                ("quiet", synthetic.common.custom.fields.QuietField(hint="a")),
            ],
        ),
    ]
