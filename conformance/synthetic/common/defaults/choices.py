"""What the migrations of this app take their defaults from."""

import datetime
import uuid
from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _

SEPARATOR = "; "
LIMITS = {"small": 3, "large": 30}
FIRST_DAY = datetime.date(2020, 2, 29)


class Colour(models.TextChoices):
    RED = "r", _("Red")
    DARK_GREEN = "dg", _("Dark green")
    NOT_ANY = "", _("None of these")


class Level(models.IntegerChoices):
    LOW = 1
    HIGH = 10, _("High")


class Plain(Enum):
    ONE = "one"


class Constants:
    NAME = "a constant"
    NUMBERS = [1, 2, 3]


def greeting():
    return "Good day"


def empty_settings():
    return {"enabled": True, "tags": [], "limit": None, "ratio": 0.5}


def three():
    return LIMITS["small"]


def next_week():
    return FIRST_DAY + datetime.timedelta(days=7)


def token():
    return uuid.uuid4().hex


def lower_letters():
    return list("abc")
