"""Writes the names of all that code of a migration can call to reach the database, from Django itself.

    python conformance/callable.py > tests/callable.json

Run it in an environment with Django, psycopg and psycopg2. `tests/python_work.rs` asks of each name whether a call of it is
followed or told.
"""

import inspect
import json

import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}, INSTALLED_APPS=[])
django.setup()

from django.db import connections, models  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.db.models.fields import related_descriptors  # noqa: E402


def methods(*owners):
    """What can be called on them; of `object` nothing, and of Python's own only what a statement calls."""
    names = {name for owner in owners for name in dir(owner) if callable(getattr(owner, name, None))}
    return sorted(name for name in names if not name.startswith("__"))


def related():
    """The managers that relations of a model give."""

    class Tag(models.Model):
        class Meta:
            app_label = "shop"

    class Order(models.Model):
        tags = models.ManyToManyField(Tag)
        parent = models.ForeignKey("self", models.CASCADE)

        class Meta:
            app_label = "shop"

    return [
        related_descriptors.create_forward_many_to_many_manager(models.Manager, Order._meta.get_field("tags").remote_field, False),
        related_descriptors.create_reverse_many_to_one_manager(models.Manager, Order._meta.get_field("parent").remote_field),
    ]


def cursors():
    import psycopg
    import psycopg2.extensions

    return [CursorWrapper, psycopg.Cursor, psycopg.ServerCursor, psycopg2.extensions.cursor]


def main():
    found = {
        "made_with": {"django": django.get_version()},
        "schema_editor": methods(connections["default"].SchemaEditorClass),
        "cursor": methods(*cursors()),
        "connection": methods(type(connections["default"])),
        "queryset": methods(models.QuerySet),
        "model": methods(models.Model),
        "related": sorted(set(methods(*related())) - {"mro", "do_not_call_in_templates"}),
    }
    assert all(inspect.isclass(owner) for owner in cursors())
    print(json.dumps(found, indent=1))


main()
