#!/usr/bin/env python3
"""Records what real Django sends for AlterField from each class of field to each other: tests/field-changes/VERSION.json,
and for AddIndex with each class of index and each of its options: indexes-VERSION.json there.

    conformance/field_changes.py                   for Django 4.2, 5.2 and 6.1
    conformance/field_changes.py --django 5.2      for one of them

Each statement runs; where PostgreSQL refuses one, the next is sent all the same, as if the one had been fine. 5.2.json has all pairs, the
others those that differ from it.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import record
import server

HERE = Path(__file__).resolve().parent
CHANGES = HERE.parent / "tests" / "field-changes"
MAIN, OTHERS = "5.2", ("4.2", "6.1")
# How a field is given, and which classes can be given so.
NOT_KEYS = {"JSON", "HStore", "SearchVector", "ManyToMany", "Boolean", "File", "FilePath"}
AUTOMATIC = {"Auto", "BigAuto", "SmallAuto"}
VARIANTS = {
    "null": ("null=True", lambda name: name not in AUTOMATIC),
    "index": ("null=True, db_index=True", lambda name: name in SOME),
    "unique": ("null=True, unique=True", lambda name: name in SOME),
    "key": ("primary_key=True", lambda name: name in AUTOMATIC | SOME - NOT_KEYS),
}
SOME = {
    "Integer", "BigInteger", "PositiveInteger", "Decimal", "Char", "CharLonger", "CharCollated", "Text", "Slug", "UUID", "DateTime",
    "ForeignKey", "OneToOne", "ForeignKeyToText",
}


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--inside":
        return inside(sys.argv[2], sys.argv[3])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--django", choices=[MAIN, *OTHERS])
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    arguments = parser.parse_args()
    with server.scratch_server() as port:
        for django in [arguments.django] if arguments.django else [MAIN, *OTHERS]:
            sent = recorded(django, arguments.work, port)
            write("", django, sent["fields"])
            write("indexes-", django, sent["indexes"])
    return 0


def write(prefix, django, recorded):
    if django != MAIN:
        main = json.loads((CHANGES / f"{prefix}{MAIN}.json").read_text())
        recorded = {what: sent for what, sent in recorded.items() if main.get(what) != sent}
    lines = ",\n".join(f"{json.dumps(what)}: {json.dumps(sent)}" for what, sent in recorded.items())
    (CHANGES / f"{prefix}{django}.json").write_text("{\n" + lines + "\n}\n")
    print(f"Django {django}: {len(recorded)} {'indexes' if prefix else 'pairs'}")


def recorded(django, work, port):
    packages = (f"django=={record.DJANGO_VERSIONS[django]}", "psycopg[binary]>=3.1", "tzdata")
    venv = work / "venvs" / f"field-changes-{django}"
    python = venv / "bin" / "python"
    if not (venv / "complete").exists():
        subprocess.run([record.interpreter(django), "-m", "venv", venv], check=True)
        record.pip(python, *packages)
        (venv / "complete").write_text("")
    with server.scratch_database(port, f"field-changes-{django}") as database:
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE)}
        output = subprocess.run(
            [python, __file__, "--inside", str(port), database], env=variables, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    return json.loads(output)


# In the environment with that Django.


def inside(port, database):
    from django.conf import settings

    connection = {"ENGINE": "django.db.backends.postgresql", "NAME": database, "USER": server.SUPERUSER, "HOST": "127.0.0.1", "PORT": port}
    settings.configure(DATABASES={"default": connection}, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm; CREATE EXTENSION bloom")
    print(json.dumps({"indexes": dict(indexes(connection)), "fields": dict(changes(connection))}))


def changes(connection):
    from django.db import migrations, models
    from django.db.migrations.state import ProjectState

    state = ProjectState()
    with connection.schema_editor() as editor:
        for operation in (
            migrations.CreateModel("Target", [("id", models.BigAutoField(primary_key=True))]),
            migrations.CreateModel("Named", [("id", models.CharField(max_length=7, primary_key=True))]),
        ):
            state = forwards(operation, editor, state)
    for variant, number, (before, old), (after, new) in pairs():
        name = f"{variant}{number}"
        fields = [("field", field(old))] if variant == "key" else [("id", models.BigAutoField(primary_key=True)), ("field", field(old))]
        with connection.schema_editor() as editor:
            own = forwards(migrations.CreateModel(name, fields), editor, state.clone())
        yield f"{variant}{number} {before} {after}", sent_for(migrations.AlterField(name, "field", field(new)), connection, own)


def sent_for(operation, connection, state):
    """The statements, and the error that Django itself raises, if it does."""
    from django.db import DatabaseError, transaction

    sent = []
    with connection.schema_editor() as editor:
        execute = editor.execute

        def execute_or_go_on(sql, params=()):
            sent.append(connection.ops.compose_sql(str(sql), params) if params else str(sql))
            try:
                with transaction.atomic():
                    execute(sql, params)
            except DatabaseError:
                pass

        editor.execute = execute_or_go_on
        try:
            forwards(operation, editor, state)
        except Exception as raised:
            sent.append({"error": type(raised).__name__})
        editor.deferred_sql.clear()
    return sent


# Where each class can stand, and the options that are its own.
OF_INDEX = {
    "models.Index": ("title", []),
    "indexes.BTreeIndex": ("title", ["fillfactor=70", "deduplicate_items=True", "deduplicate_items=False", "fillfactor=70, deduplicate_items=False"]),
    "indexes.HashIndex": ("title", ["fillfactor=70"]),
    "indexes.GinIndex": ("tags", ["fastupdate=True", "fastupdate=False", "gin_pending_list_limit=128", "fastupdate=False, gin_pending_list_limit=64"]),
    "indexes.GistIndex": ("span", ["buffering=True", "buffering=False", "fillfactor=70", "buffering=True, fillfactor=70"]),
    "indexes.SpGistIndex": ("span", ["fillfactor=70"]),
    "indexes.BrinIndex": ("number", ["autosummarize=True", "autosummarize=False", "pages_per_range=4", "autosummarize=True, pages_per_range=8"]),
    "indexes.BloomIndex": ("number", ["length=80", "columns=[4]", "length=80, columns=[4]"]),
}
OF_ALL = (
    "condition=Q(number__gt=1)", "condition=Q(title='a') | ~Q(number=2)", "db_tablespace='fast'", "include=['number']",
    "db_tablespace='fast', condition=Q(number=1)", "include=['number', 'title'], condition=Q(number__isnull=True)",
)
OF_FIELDS = (
    "fields=['title', 'number']", "fields=['-title']", "fields=['title', '-number']", "fields=['title'], opclasses=['varchar_pattern_ops']",
    "fields=['title', 'number'], opclasses=['varchar_pattern_ops', 'int4_ops']",
)
EXPRESSIONS = ("Lower('title')", "Lower('title').desc()", "F('number').asc(nulls_last=True)", "F('number') + 1", "Lower('title'), 'number'", "-F('number')")


def index_texts():
    number = 0
    for path, (column, own) in OF_INDEX.items():
        plain = [f"fields=['{column}']{option}" for option in ["", *(f", {option}" for option in [*own, *OF_ALL])]]
        both = [f"fields=['{column}'], {option}, {OF_ALL[0]}" for option in own]
        expressions = [*EXPRESSIONS, *(f"{EXPRESSIONS[0]}, {option}" for option in [*own, *OF_ALL])]
        for arguments in [*plain, *both, *OF_FIELDS, *expressions]:
            yield f"{path}({arguments}, name='i{number}')"
            number += 1


def indexes(connection):
    from django.contrib.postgres import fields as postgres
    from django.contrib.postgres import indexes
    from django.db import migrations, models
    from django.db.migrations.state import ProjectState
    from django.db.models import F, Q
    from django.db.models.functions import Lower

    fields = [
        ("id", models.BigAutoField(primary_key=True)), ("title", models.CharField(max_length=50)), ("number", models.IntegerField()),
        ("tags", postgres.ArrayField(models.TextField())), ("span", postgres.IntegerRangeField()),
    ]
    with connection.schema_editor() as editor:
        state = forwards(migrations.CreateModel("Order", fields), editor, ProjectState())
    for text in index_texts():
        try:
            index = eval(text, {"models": models, "indexes": indexes, "F": F, "Q": Q, "Lower": Lower})
        except (TypeError, ValueError):
            # Django makes no such index.
            continue
        sent = sent_for(migrations.AddIndex("order", index), connection, state)
        if not any("error" in statement for statement in sent if isinstance(statement, dict)):
            yield text, sent


def forwards(operation, editor, state):
    after = state.clone()
    operation.state_forwards("shop", after)
    operation.database_forwards("shop", editor, state, after)
    return after


def pairs():
    classes = json.loads((CHANGES / "classes.json").read_text())
    for variant, (options, is_wanted) in VARIANTS.items():
        wanted = [(name, text.replace("{}", options)) for name, text in classes.items() if is_wanted(name)]
        every = [(old, new) for old in wanted for new in wanted if old[0] != new[0]]
        for number, (old, new) in enumerate(every):
            yield variant, number, old, new


def field(text):
    from django.contrib.postgres import fields as postgres
    from django.contrib.postgres import search
    from django.db import models

    return eval(text, {"models": models, "postgres": postgres, "search": search})


if __name__ == "__main__":
    sys.exit(main())
