#!/usr/bin/env python3
"""Asks PostgreSQL's own parser (libpg_query, by pglast) about the SQL that forelock reads, and lists what it accepts and we do not.

    conformance/parsed.py BINARY PROJECT...           the RunSQL of projects: target/packages/*
    conformance/parsed.py BINARY --files FILE...      statements of files, as RunSQL: PostgreSQL's src/test/regress/sql/*.sql

pglast is installed into an environment of its own, below target/conformance.
"""

import argparse
import collections
import re
import tempfile
from pathlib import Path

import environments
import record
from forelock import Forelock

PGLAST = "pglast==8.8"
A_MIGRATION = 200
HEAD = """from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [{}]
    operations = [
"""


def main():
    arguments = parse_arguments()
    environments.go_on_in(arguments.work / "venvs" / "parsed", PGLAST)
    if arguments.files:
        with tempfile.TemporaryDirectory() as folder:
            write_project(Path(folder), statements_of(arguments.sources))
            found = read_by_us(arguments.binary, [Path(folder)])
    else:
        found = read_by_us(arguments.binary, arguments.sources)
    report(found)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--files", action="store_true", help="the sources are files with SQL")
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    return parser.parse_args()


def read_by_us(binary, projects):
    """Each different statement with its reason, where we have not read it."""
    found = {}
    for project in projects:
        for migration in Forelock(binary, project, "15", django="5.2").migrations():
            for statement in migration["statements"]:
                if statement["origin"] != "django":
                    found.setdefault(statement["sql"], None if statement["analysed"] else statement.get("reason", ""))
    return found


def statements_of(files):
    """What the parser accepts, cut by its own scanner; psql's commands are left out."""
    for file in files:
        text = re.sub(r"(?m)^\s*\\.*$", "", file.read_text(errors="replace"))
        for piece in pieces(text):
            if is_accepted(piece):
                yield piece


def pieces(text):
    import pglast.parser

    try:
        return pglast.parser.split(text)
    except pglast.parser.ParseError:
        return re.split(r";[ \t]*\n", text)


def is_accepted(sql):
    import pglast.parser

    try:
        return len(pglast.parser.parse_sql(sql)) == 1
    except pglast.parser.ParseError:
        return False


def write_project(folder, statements):
    migrations = folder / "sql" / "migrations"
    migrations.mkdir(parents=True)
    for file in (folder / "manage.py", folder / "sql/__init__.py", migrations / "__init__.py"):
        file.touch()
    different = list(dict.fromkeys(statements))
    for start in range(0, len(different), A_MIGRATION):
        before = f'("sql", "{start - A_MIGRATION:06}")' if start else ""
        operations = "".join(f"        migrations.RunSQL([{sql!r}]),\n" for sql in different[start : start + A_MIGRATION])
        (migrations / f"{start:06}.py").write_text(HEAD.format(before) + operations + "    ]\n")


def report(found):
    accepted = {sql: reason for sql, reason in found.items() if is_accepted(sql)}
    missed = {sql: reason for sql, reason in accepted.items() if reason is not None}
    print(f"{len(found)} different statements, {len(accepted)} accepted by PostgreSQL's parser, {len(missed)} of these not read")
    for reason, count in collections.Counter(missed.values()).most_common():
        example = next(sql for sql, why in missed.items() if why == reason)
        print(f"{count:6} {reason}\n       {' '.join(example.split())[:110]}")


if __name__ == "__main__":
    main()
