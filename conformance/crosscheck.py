#!/usr/bin/env python3
"""Compares a recording with the server's own log of a run that nobody observed.

    conformance/crosscheck.py --django 5.2 pretix

Every statement in the log that changes something must be in the recording, and the other way round, in the same order.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

import project
import record
import server
from statements import changes_something, works_on_rows

LITERAL = re.compile(r"'(?:[^']|'')*'")

# The executor's own bookkeeping belongs to no operation.
BOOKKEEPING = re.compile(r'(CREATE TABLE|INSERT INTO) "django_migrations" ')


def main():
    arguments = parse_arguments()
    package = record.for_django(record.read_packages()[arguments.package], arguments.django)
    work = arguments.work.resolve()
    recorded = list(recorded_statements(work, package, arguments.django))
    logged = logged_statements(work, package, arguments.django)
    varying = {without_literals(sql) for sql, varies in recorded if varies}
    lines = [[comparable(sql, varying) for sql in run] for run in ([sql for sql, _ in recorded], logged)]
    difference = list(unified_diff(*lines, "recorded", "logged", lineterm="", n=1))
    print(*difference, sep="\n", end="\n" if difference else "")
    verdict = "different" if difference else "the same"
    print(f"{package['name']}, Django {arguments.django}: {len(recorded)} recorded, {len(logged)} logged: {verdict}")
    return 1 if difference else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", metavar="PACKAGE", help="a package that record.py has recorded")
    parser.add_argument("--django", default="5.2", choices=record.DJANGO_VERSIONS)
    parser.add_argument("--work", type=Path, default=record.work_folder(), help="default: target/conformance")
    return parser.parse_args()


def recorded_statements(work, package, django):
    """As a new database got them, in the order of sending; with each whether it holds a varying literal."""
    run = work / "runs" / f"{django}-{package['name']}" / "SQUASHES.json"
    for migration in json.loads(run.read_text()):
        for operation in migration["operations"]:
            for number, sql in enumerate(operation["statements"]):
                if is_comparable(sql):
                    yield sql, number in operation["varies"]
        for operation in migration["operations"]:
            yield from ((sql, False) for sql in operation["deferred"])


def logged_statements(work, package, django):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        settings = (
            "log_statement=all",
            "logging_collector=on",
            "log_destination=jsonlog",
            f"log_directory={folder}",
            "log_filename=log",
            "log_rotation_size=0",
            "log_file_mode=0644",
        )
        database = "unobserved"
        with server.scratch_server(*settings) as port, server.scratch_database(port, database):
            migrate(work, package, django, database, port)
        entries = [json.loads(line) for line in (Path(folder) / "log.json").read_text().splitlines()]
    statements = [entry["message"] for entry in entries if entry.get("dbname") == database]
    statements = [message.partition(": ")[2] for message in statements if message.startswith("statement: ")]
    return [sql for sql in statements if is_comparable(sql)]


def migrate(work, package, django, database, port):
    name = package["name"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conformance_settings.py").write_text(project.settings_for_recording(package, database, port))
        environ = record.environment_variables(package, Path(folder))
        command = [work / "venvs" / f"{django}-{name}" / "bin" / "python", record.HERE / "unobserved.py"]
        subprocess.run(command, check=True, env=environ, cwd=folder, stdout=subprocess.DEVNULL)


def is_comparable(sql):
    """The log has statements of the connection and of Django's look-ups too, in the form that RunSQL may have.

    It does not tell the rows that RunPython writes, which are not recorded, from those that RunSQL writes.
    """
    is_setting = sql.startswith("SET ") and not sql.startswith("SET CONSTRAINTS")
    return changes_something(sql) and not works_on_rows(sql) and not is_setting and not BOOKKEEPING.match(sql)


def without_literals(sql):
    return LITERAL.sub("'...'", sql)


def comparable(sql, varying):
    """The clock runs on in the unobserved run, where the recorder sets it back before each operation."""
    bare = without_literals(sql)
    return bare if bare in varying else sql


if __name__ == "__main__":
    sys.exit(main())
