#!/usr/bin/env python3
"""Writes fixtures/pairs: every pair of costs that one operation can have, an app for each, so that its plan can be followed.

    conformance/pairs.py
"""

import itertools
import re
import shutil

import observed

FOLDER = observed.FIXTURES / "pairs"
INITIAL = """\
import django.utils.timezone
import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
{operations}    ]
"""
CHANGE = """\
import django.utils.timezone
import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("{app}", "0001_initial")]
    operations = [
        {operation},
    ]
"""
OWNER = 'migrations.CreateModel("Owner", [("id", models.BigAutoField(primary_key=True))])'

# What a field costs besides its column, as (class, arguments); `{app}` is the app's own label.
EXTRAS = {
    "unique": ("CharField", "max_length=9, unique=True"),
    "indexed": ("CharField", "max_length=9, db_index=True"),
    "checked": ("PositiveIntegerField", ""),
    "unique_checked": ("PositiveIntegerField", "unique=True"),
    "indexed_checked": ("PositiveIntegerField", "db_index=True"),
    "key": ("ForeignKey", 'to="{app}.Owner", on_delete=models.CASCADE'),
    "key_unindexed": ("ForeignKey", 'to="{app}.Owner", on_delete=models.CASCADE, db_index=False'),
    "key_unique": ("OneToOneField", 'to="{app}.Owner", on_delete=models.CASCADE'),
    "moment_indexed": ("DateTimeField", "db_index=True"),
    "token_unique": ("UUIDField", "unique=True"),
}
PLAIN = {
    "CharField": "max_length=9",
    "PositiveIntegerField": "",
    "ForeignKey": 'to="{app}.Owner", on_delete=models.CASCADE, db_constraint=False, db_index=False',
    "OneToOneField": 'to="{app}.Owner", on_delete=models.CASCADE, db_constraint=False, db_index=False',
    "DateTimeField": "",
    "UUIDField": "",
}
# The class that has the column, but not what the operation brings.
UNCHECKED = {"PositiveIntegerField": "IntegerField", "OneToOneField": "ForeignKey"}
DEFAULTS = {
    "CharField": '"-"',
    "PositiveIntegerField": "1",
    "ForeignKey": "1",
    "OneToOneField": "1",
    "DateTimeField": "django.utils.timezone.now",
    "UUIDField": "uuid.uuid4",
}
NULLNESS = {"nullable": "null=True", "required": "", "defaulted": "default={default}"}
# One constant for the key of every row serves nobody.
SENSELESS = ("key_unique", "defaulted")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    write("added", added())
    write("altered", altered())
    write("altered_otherwise", altered_otherwise())
    write("taken", taken())
    write("database_defaults", database_defaults())


def field(kind, *arguments):
    return f"models.{kind}({', '.join(filter(None, arguments))})"


def costs():
    """Each that a field has besides its column, with each way to treat old rows."""
    pairs = itertools.product(EXTRAS.items(), NULLNESS.items())
    for (extra, (kind, arguments)), (nullness, null) in pairs:
        if (extra, nullness) != SENSELESS:
            yield extra, kind, arguments, nullness, null.format(default=DEFAULTS[kind])


def item(*fields):
    pairs = ", ".join(f'("{name}", {field})' for name, field in fields)
    return f'migrations.CreateModel("Item", [("id", models.BigAutoField(primary_key=True)), {pairs}])'


def added():
    """AddField."""
    models = [OWNER, item(("name", field("CharField", "max_length=9")))]
    for extra, kind, arguments, nullness, null in costs():
        new = field(kind, arguments, null)
        yield f"{extra}_{nullness}", models, f'migrations.AddField("item", "value", {new})'


def altered():
    """AlterField of a column that may be NULL and has nothing besides, to one that has."""
    for extra, kind, arguments, nullness, null in costs():
        old = field(UNCHECKED.get(kind, kind), PLAIN[kind], "null=True")
        new = field(kind, arguments, null)
        yield f"{extra}_{nullness}", [OWNER, item(("value", old))], f'migrations.AlterField("item", "value", {new})'


def altered_otherwise():
    """AlterField that takes something away or changes the column as it brings something."""
    changes = {
        "index_to_unique": ("CharField", "max_length=9, db_index=True", "CharField", "max_length=9, unique=True"),
        "unique_to_index": ("CharField", "max_length=9, unique=True", "CharField", "max_length=9, db_index=True"),
        "index_to_required": ("CharField", "max_length=9, db_index=True, null=True", "CharField", "max_length=9"),
        "unique_to_required": ("CharField", "max_length=9, unique=True, null=True", "CharField", "max_length=9"),
        "wider_unique": ("CharField", "max_length=9", "CharField", "max_length=20, unique=True"),
        "wider_indexed": ("CharField", "max_length=9", "CharField", "max_length=20, db_index=True"),
        "wider_required": ("CharField", "max_length=9, null=True", "CharField", "max_length=20"),
        "wider_required_default": ("CharField", "max_length=9, null=True", "CharField", 'max_length=20, default="-"'),
        "text_unique": ("CharField", "max_length=9", "TextField", "unique=True"),
        "text_required": ("CharField", "max_length=9, null=True", "TextField", ""),
        "bigger_unique": ("IntegerField", "", "BigIntegerField", "unique=True"),
        "bigger_required": ("IntegerField", "null=True", "BigIntegerField", ""),
        "bigger_checked": ("IntegerField", "", "PositiveBigIntegerField", ""),
        "optional_unique": ("CharField", "max_length=9", "CharField", "max_length=9, null=True, unique=True"),
        "optional_indexed": ("CharField", "max_length=9", "CharField", "max_length=9, null=True, db_index=True"),
        "optional_key": ("ForeignKey", PLAIN["ForeignKey"], *EXTRAS["key"][:1], EXTRAS["key"][1] + ", null=True"),
        "column_unique": ("CharField", "max_length=9", "CharField", 'max_length=9, db_column="worth", unique=True'),
        "column_required": ("CharField", "max_length=9, null=True", "CharField", 'max_length=9, db_column="worth"'),
        "key_of_integer": ("BigIntegerField", "null=True, db_column=\"value_id\"", "ForeignKey", EXTRAS["key"][1]),
        "key_required": ("ForeignKey", EXTRAS["key"][1] + ", null=True", *EXTRAS["key"]),
        "key_required_default": ("ForeignKey", EXTRAS["key"][1] + ", null=True", "ForeignKey", EXTRAS["key"][1] + ", default=1"),
        "key_to_unique": ("ForeignKey", EXTRAS["key"][1], *EXTRAS["key_unique"]),
        "key_unique_to_key": ("OneToOneField", EXTRAS["key"][1], *EXTRAS["key"]),
        "key_to_unique_required": ("ForeignKey", EXTRAS["key"][1] + ", null=True", *EXTRAS["key_unique"]),
    }
    for name, (old, arguments, new, more) in changes.items():
        before = [OWNER, item(("value", field(old, arguments)))]
        yield name, before, f'migrations.AlterField("item", "value", {field(new, more)})'


def taken():
    """Removals and renames of what has something besides, and of both sides of a relation."""
    for extra, kind, arguments, nullness, null in costs():
        old = field(kind, arguments, null)
        models = [OWNER, item(("name", field("CharField", "max_length=9")), ("value", old))]
        if nullness != "defaulted" or kind in ("CharField", "PositiveIntegerField"):
            yield f"gone_{extra}_{nullness}", models, 'migrations.RemoveField("item", "value")'
        if nullness == "required":
            yield f"renamed_{extra}", models, 'migrations.RenameField("item", "value", "worth")'
            yield f"model_gone_{extra}", models, 'migrations.DeleteModel("Item")'
            yield f"model_renamed_{extra}", models, 'migrations.RenameModel("Item", "Thing")'
    both = [OWNER, item(("owners", 'models.ManyToManyField("{app}.Owner")'), ("name", field("CharField", "max_length=9")))]
    yield "many_gone", both, 'migrations.RemoveField("item", "owners")'
    yield "model_with_many_gone", both, 'migrations.DeleteModel("Item")'
    pair = [OWNER, item(("a", field("IntegerField", "null=True")), ("b", field("IntegerField", "null=True")))]
    yield "together", pair, 'migrations.AlterUniqueTogether("item", {("a", "b")})'
    apart = [*pair, 'migrations.AlterUniqueTogether("item", {("a", "id")})']
    yield "together_otherwise", apart, 'migrations.AlterUniqueTogether("item", {("a", "b"), ("b", "id")})'


def database_defaults():
    """What Django has since 5.0."""
    for name in ("unique", "indexed", "checked", "unique_checked", "moment_indexed"):
        kind, arguments = EXTRAS[name]
        default = {"DateTimeField": "models.functions.Now()"}.get(kind, DEFAULTS[kind])
        new = field(kind, arguments, f"db_default={default}")
        start = [item(("name", field("CharField", "max_length=9")))]
        yield f"added_{name}", start, f'migrations.AddField("item", "value", {new})'
        old = field(UNCHECKED.get(kind, kind), PLAIN[kind], "null=True")
        yield f"altered_{name}", [item(("value", old))], f'migrations.AlterField("item", "value", {new})'


def write(name, cases):
    fixture = FOLDER / name.replace("_", "-")
    (fixture).mkdir(parents=True)
    (fixture / "forelock.toml").write_text('postgres-version = "15"\n')
    for app, before, operation in cases:
        folder = fixture / app / "migrations"
        folder.mkdir(parents=True)
        for package in (folder.parent, folder):
            (package / "__init__.py").touch()
        lines = "".join(f"        {one.replace('{app}', app)},\n" for one in before)
        (folder / "0001_initial.py").write_text(tidied(INITIAL.replace("{operations}", lines)))
        change = CHANGE.replace("{operation}", operation).replace("{app}", app)
        (folder / "0002_change.py").write_text(tidied(change))


def tidied(text):
    """Without the imports that nothing names."""
    for name in ("django.utils.timezone", "uuid"):
        if not re.search(rf"= *{re.escape(name)}\.", text):
            text = text.replace(f"import {name}\n", "", 1)
    text = text.lstrip("\n")
    return text if "models." in text else text.replace("import migrations, models", "import migrations")


if __name__ == "__main__":
    main()
