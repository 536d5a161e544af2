"""What the migrations of this app take their defaults from."""

from django.db import models

NAME = "a name"


class Colour(models.TextChoices):
    RED = "r"
    BLUE = "b", "Blue"
