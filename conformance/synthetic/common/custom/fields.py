"""Fields of a project's own, as projects write them."""

from django.core import checks
from django.db import models


class ShortField(models.CharField):
    """A length of its own, which the migrations do not repeat."""

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 12
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class DefaultLengthField(models.CharField):
    def __init__(self, *args, max_length=30, **kwargs):
        kwargs.setdefault("null", True)
        super().__init__(*args, max_length=max_length, **kwargs)


class PlainSubclass(models.TextField):
    """Nothing changes."""

    description = "text"


class LowerField(models.CharField):
    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return None if value is None else value.lower()


class MoneyField(models.DecimalField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class TsQueryField(models.Field):
    def db_type(self, connection):
        return "tsquery"


class FixedField(models.CharField):
    def db_type(self, connection):
        return f"char({self.max_length})"


class CountField(models.Field):
    def get_internal_type(self):
        return "PositiveIntegerField"


class ColourField(models.CharField):
    default_validators = []

    def __init__(self, verbose_name=None, samples=None, **kwargs):
        self.samples = samples
        super().__init__(verbose_name, **{"max_length": 7, "default": "#FFFFFF", **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.samples is not None:
            kwargs["samples"] = self.samples
        return name, path, args, kwargs


class OwnerField(models.ForeignKey):
    def __init__(self, **kwargs):
        super().__init__(**{"to": "custom.owner", "on_delete": models.CASCADE, **kwargs})


class NoColumnField(models.Field):
    """Lives elsewhere: no type, no column."""

    def db_type(self, connection):
        return None

    def check(self, **kwargs):
        return [checks.Info("no column")]


class QuietField(models.TextField):
    """More attributes that the database does not see."""

    non_db_attrs = (*models.TextField.non_db_attrs, "hint")

    def __init__(self, *args, hint=None, **kwargs):
        self.hint = hint
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "hint": self.hint}


def shown_alone(*names):
    return tuple(name for name in names)


class CalledQuietField(QuietField):
    """The same, computed."""

    non_db_attrs = QuietField.non_db_attrs + shown_alone("style", "colour")

    def __init__(self, *args, style=None, **kwargs):
        self.style = style
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "style": self.style}


class QuietOwnerField(OwnerField):
    """A key that is not made again for its style."""

    non_db_attrs = tuple([*models.Field.non_db_attrs, "on_delete", "style"])

    def __init__(self, *args, style=None, **kwargs):
        self.style = style
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "style": self.style}
