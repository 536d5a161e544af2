import functools
import uuid

from django.conf import settings
from django.db import migrations, models

import synthetic.common.defaults.choices
from synthetic.common.defaults import choices
from synthetic.common.defaults.choices import SEPARATOR, Colour, Constants, greeting

DEFAULT_NAME = "module " + "constant"
NUMBER = 3
LABELS = ("first", "second")


def local():
    return "local"


def local_conditional():
    if settings.DEBUG:
        return "debug"
    return "no debug"


def joined():
    return SEPARATOR.join(["a", "b"])


class Migration(migrations.Migration):
    """Defaults that stand elsewhere."""

    dependencies = [("defaults", "0005_others")]

    operations = [
        migrations.AddField("thing", "colour", models.CharField(default=Colour.RED, max_length=2)),
        migrations.AddField("thing", "colour_value", models.CharField(default=Colour.DARK_GREEN.value, max_length=2)),
        migrations.AddField("thing", "colour_path", models.CharField(default=choices.Colour["RED"], max_length=2)),
        migrations.AddField("thing", "colour_call", models.CharField(default=Colour("dg"), max_length=2)),
        migrations.AddField("thing", "colour_name", models.CharField(default=Colour.RED.name, max_length=9)),
        migrations.AddField("thing", "colour_label", models.CharField(default=Colour.RED.label, max_length=9)),
        migrations.AddField("thing", "colour_empty", models.CharField(default=Colour.NOT_ANY, max_length=9)),
        migrations.AddField("thing", "level", models.IntegerField(default=choices.Level.HIGH)),
        migrations.AddField("thing", "level_in_char", models.CharField(default=choices.Level.HIGH, max_length=5)),
        migrations.AddField("thing", "plain_enum", models.CharField(default=choices.Plain.ONE.value, max_length=5)),
        migrations.AddField("thing", "constant", models.CharField(default=Constants.NAME, max_length=20)),
        migrations.AddField("thing", "numbers", models.JSONField(default=Constants.NUMBERS)),
        migrations.AddField("thing", "module_constant", models.CharField(default=DEFAULT_NAME, max_length=20)),
        migrations.AddField("thing", "module_number", models.IntegerField(default=NUMBER * 2)),
        migrations.AddField("thing", "module_label", models.CharField(default=LABELS[1], max_length=20)),
        migrations.AddField("thing", "limit", models.IntegerField(default=choices.LIMITS["large"])),
        migrations.AddField("thing", "greeting", models.CharField(default=greeting, max_length=20)),
        migrations.AddField("thing", "settings", models.JSONField(default=choices.empty_settings)),
        migrations.AddField("thing", "three", models.IntegerField(default=synthetic.common.defaults.choices.three)),
        migrations.AddField("thing", "next_week", models.DateField(default=choices.next_week)),
        migrations.AddField("thing", "token", models.CharField(default=choices.token, max_length=32)),
        migrations.AddField("thing", "letters", models.JSONField(default=choices.lower_letters)),
        migrations.AddField("thing", "local", models.CharField(default=local, max_length=20)),
        migrations.AddField("thing", "conditional", models.CharField(default=local_conditional, max_length=20)),
        migrations.AddField("thing", "joined_call", models.CharField(default=joined, max_length=20)),
        migrations.AddField("thing", "lambda_text", models.CharField(default=lambda: "lambda", max_length=20)),
        migrations.AddField("thing", "partial", models.JSONField(default=functools.partial(dict, a=1))),
        migrations.AddField("thing", "user_model", models.CharField(default=settings.AUTH_USER_MODEL, max_length=20)),
        migrations.AddField("thing", "language", models.CharField(default=settings.LANGUAGE_CODE, max_length=20)),
        migrations.AddField("thing", "nil", models.UUIDField(default=uuid.UUID(int=0))),
        migrations.AddField("thing", "formatted", models.CharField(default="%s-%d" % ("a", 3), max_length=20)),
        migrations.AddField("thing", "f_string", models.CharField(default=f"{NUMBER}-{SEPARATOR!r}", max_length=20)),
        migrations.AddField(
            "thing", "method", models.CharField(default="a b".upper().replace(" ", "_"), max_length=20)
        ),
    ]
