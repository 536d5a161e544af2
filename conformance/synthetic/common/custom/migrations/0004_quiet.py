from django.db import migrations, models

from synthetic.common.custom.fields import CalledQuietField, QuietOwnerField


class Migration(migrations.Migration):
    dependencies = [("custom", "0003_steps")]
    operations = [
        migrations.CreateModel(
            "Quiet",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", CalledQuietField(null=True, style="a")),
                ("owner", QuietOwnerField(null=True, style="a")),
            ],
        ),
        migrations.AlterField("quiet", "text", CalledQuietField(null=True, style="b", hint="c", help_text="d")),
        migrations.AlterField("quiet", "owner", QuietOwnerField(null=True, style="b", verbose_name="c")),
        migrations.AlterField("quiet", "owner", QuietOwnerField(null=True, style="b", db_index=False)),
    ]
