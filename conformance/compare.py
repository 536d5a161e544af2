#!/usr/bin/env python3
"""Compares the DDL that forelock writes with what Django was seen to send, operation by operation.

    conformance/compare.py target/release/forelock pretix -v
"""

import argparse
import json
import re
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import results_file
from forelock import Forelock
from outcomes import count, count_by_class, of_the_run, share_lines, table
from record import DJANGO_VERSIONS, work_folder
from record_project import RECORDINGS
from statements import as_psycopg3_writes, works_on_rows

UNKNOWN = re.compile(r"<unknown: ([^<>]*)>")
ANYTHING = ".*?"
# A literal with its cast, or what stands within one.
ONE_VALUE = r"(?:'(?:[^']|'')*'(?:::[\w ]+(?:\(\d+\))?(?:\[\])?)?|[^'\"(),]*)"

# Indexes of `Meta.indexes` have shorter digests.
TOGETHER = re.compile(
    r'ALTER TABLE (?P<unique>".*?") ADD CONSTRAINT ".*?" UNIQUE (\(|USING INDEX )'
    r'|CREATE UNIQUE INDEX CONCURRENTLY "[^"]*" ON (?P<built>"[^"]*") \('
    r'|CREATE INDEX "[^"]*_[0-9a-f]{8}_idx" ON (?P<index>"[^"]*") \('
)


def main():
    arguments = parse_arguments()
    recordings = arguments.work / "recorded" / (RECORDINGS if arguments.projects else arguments.django)
    names = arguments.packages or sorted(path.stem for path in recordings.glob("*.json"))
    results, labels = {}, {}
    for name in names:
        recording = as_with_psycopg3(json.loads((recordings / f"{name}.json").read_text()))
        if arguments.projects:
            forelock = Forelock(arguments.forelock, Path(recording["project"]), recording["postgres"], python=recording["python"])
        else:
            project = arguments.work / "projects" / arguments.django / name
            forelock = Forelock(arguments.forelock, project, recording["postgres"], django=arguments.django)
        results[name] = compare(recording, forelock.migrations())
        give_reasons(results[name], forelock)
        labels[name] = recording["version"]
    if arguments.verbose:
        for name in names:
            print_differences(name, results[name], arguments.limit)
    if arguments.reasons:
        print_reasons(results)
    print_table("package", {name: count(results[name]) for name in names})
    if arguments.by_class:
        print_table("class", count_by_class(result for name in names for result in results[name]))
    print_extra(results)
    if arguments.write:
        section = results_file.PROJECTS if arguments.projects else f"Django {arguments.django}"
        results_file.write(section, {name: (labels[name], results[name]) for name in names})
    wrong = [r for name in names for r in results[name] if r.outcome in ("different", "missing")]
    return 1 if wrong else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forelock", type=Path, metavar="FORELOCK_BINARY")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="default: all recorded ones")
    parser.add_argument("--django", default="5.2", choices=list(DJANGO_VERSIONS))
    parser.add_argument("--projects", action="store_true", help="those of record_project.py, each as it stands")
    parser.add_argument("--work", type=Path, default=work_folder(), help="default: target/conformance")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every difference")
    parser.add_argument("--limit", type=int, default=0, help="with -v: so many differences per package")
    parser.add_argument("--by-class", action="store_true", help="also count per operation class")
    parser.add_argument("--reasons", action="store_true", help="print the reasons of each flagged operation")
    parser.add_argument("--write", action="store_true", help="write the table of this Django into RESULTS.md")
    return parser.parse_args()


def as_with_psycopg3(recording):
    """forelock writes literals in the way of psycopg 3, whichever driver a project has."""
    if recording.get("psycopg2"):
        for operation in (operation for migration in recording["migrations"] for operation in migration["operations"]):
            for part in ("statements", "deferred"):
                operation[part] = list(map(as_psycopg3_writes, operation[part]))
    return recording


class Result:
    """What became of one operation."""

    def __init__(self, migration, operation, outcome, ours=None, note=""):
        self.app = migration["app"]
        self.migration = (migration["app"], migration["migration"])
        self.place = ".".join(self.migration)
        self.index = operation["index"]
        self.operation = operation
        self.name = operation["class"]
        self.outcome = outcome
        self.ours = ours
        self.note = note
        self.reasons = []

    @property
    def touches_database(self):
        """Whether Django sent anything, now or at the end of the migration."""
        return bool(self.operation["statements"] or self.operation["deferred"])

    @property
    def is_of_the_run(self):
        return self.outcome.startswith("run: ")

    @property
    def key(self):
        return (*self.migration, self.index)


def compare(recording, ours):
    """One result per operation of either side.

    Migrations of dependencies are not forelock's to print. What it prints beyond the apps that Django had in
    INSTALLED_APPS, templates of projects for instance, nobody ran.
    """
    ours_by_key = {(entry["app"], entry["migration"]): entry for entry in ours}
    results = []
    for migration in recording["migrations"]:
        if migration["dependency"]:
            ours_by_key.pop((migration["app"], migration["migration"]), None)
            continue
        mine = ours_by_key.pop((migration["app"], migration["migration"]), None)
        if mine is None:
            note = "migration only in Django"
            results += [Result(migration, operation, "missing", None, note) for operation in migration["operations"]]
        else:
            results += compare_migration(migration, mine)
    for mine in ours_by_key.values():
        if mine["app"] not in recording["apps"]:
            continue
        results += [Result(mine, operation, "missing", operation, "migration only in forelock") for operation in mine["operations"]]
    return results


def give_reasons(results, forelock):
    """To each flagged operation: from its statements, else, where they do not show any, from the text."""
    flagged = [result for result in results if result.outcome == "flagged" or result.is_of_the_run]
    for result in flagged:
        statements = result.ours["statements"] + result.ours["deferred"]
        result.reasons = list(dict.fromkeys(UNKNOWN.findall("\n".join(statements))))
    silent = [result for result in flagged if not result.reasons]
    said = forelock.reasons() if silent else {}
    for result in silent:
        of_the_list = said.get((*result.migration, None), [])
        result.reasons = said.get(result.key, of_the_list)


def compare_migration(migration, mine):
    operations = {operation["index"]: operation for operation in mine["operations"]}
    by_python = {sent["operation"] for sent in mine["statements"] if sent["origin"] == "runpython"}
    # Whatever else is in the list: forelock says that it does not know it.
    is_read = all(operation["class"] != "?" for operation in mine["operations"])
    for operation in migration["operations"]:
        ours = operations.pop(operation["index"], None)
        if ours is None and not is_read and operation["trust"]:
            nothing = {**operation, "statements": [], "deferred": []}
            yield Result(migration, operation, "flagged", nothing, "opaque: the list of operations is not known")
        elif operation["index"] in by_python and ours:
            # There are no rows when it is recorded: what the code would do to them is not compared.
            yield compare_code(migration, operation, ours)
        else:
            yield compare_operation(migration, operation, ours)
    for operation in operations.values():
        if operation["class"] in ("apply", "?"):
            # The migration's own `apply`, or that it is not followed. What it sends beside its operations is not recorded.
            nothing = operation | {"statements": [], "deferred": [], "trust": True}
            yield compare_operation(migration, nothing, operation)
        elif not is_read:
            nothing = operation | {"statements": [], "deferred": []}
            yield Result(migration, nothing, "flagged", operation, "opaque: the list of operations is not known")
        else:
            yield Result(migration, operation, "missing", operation, "operation only in forelock")


def compare_code(migration, operation, ours):
    """What code sends of DDL. Where it sends none, and forelock does not know all of its work on rows, the rows decide that."""
    theirs, mine = without_rows(operation), without_rows(ours)
    result = compare_operation(migration, theirs, mine)
    is_silent = not any(side[part] for side in (theirs, mine) for part in ("statements", "deferred"))
    if result.outcome == "flagged" and ours["confidence"] == "partial" and is_silent and ours["statements"]:
        return Result(migration, theirs, of_the_run(["rows"]), mine)
    return result


def without_rows(operation):
    left = {part: [sql for sql in operation[part] if not works_on_rows(sql)] for part in ("statements", "deferred")}
    return operation | left


def compare_operation(migration, operation, ours):
    if not operation["trust"]:
        return Result(migration, operation, "untrusted", ours, operation["error"] or operation["reason"])
    if ours is None:
        return Result(migration, operation, "missing", None, "operation only in Django")
    same = all(same_statements(operation, ours, part) for part in ("statements", "deferred"))
    if ours["confidence"] == "partial" and same and only_the_value_of_the_run_is_unknown(operation, ours):
        return Result(migration, operation, of_the_run(operation["varies_with"] or ["rows"]), ours)
    if ours["confidence"] != "exact":
        note = "as in Django but for the unknown" if same else "differs beyond the unknown"
        return Result(migration, operation, "flagged", ours, f"{ours['confidence']}: {note}")
    return Result(migration, operation, "identical" if same else "different", ours)


def only_the_value_of_the_run_is_unknown(operation, ours):
    """Two runs of Django showed another value in every statement of which forelock does not know all, and it lacks no more than that.

    Or the value is one that a default looks up among rows, and those were the same.
    """
    pairs = enumerate(zip(operation["statements"], ours["statements"]))
    partly = [(index, expected, actual) for index, (expected, actual) in pairs if UNKNOWN.search(actual)]
    # A deferred statement holds no default.
    deferred_is_known = not any(map(UNKNOWN.search, ours["deferred"]))
    return bool(partly) and deferred_is_known and all(
        (index in operation["varies"] or operation["asks_rows"]) and matches(expected, actual, ONE_VALUE)
        for index, expected, actual in partly
    )


def same_statements(operation, ours, part):
    """An `<unknown: ...>` of ours stands for anything; an exact operation has none."""
    expected, actual = (normal_order(operation["class"], statements[part]) for statements in (operation, ours))
    return len(expected) == len(actual) and all(map(matches, expected, actual))


def normal_order(operation_class, statements):
    """What Django keeps in sets comes in any order: unique_together, index_together, the relations of a renamed model."""
    if operation_class in ("AlterUniqueTogether", "AlterIndexTogether", "RenameModel"):
        return sorted(statements)
    if operation_class == "CreateModel":
        # Only neighbours on the same table are free to change places.
        return [sql for _, run in groupby(statements, together_of_table) for sql in sorted_if_together(run)]
    return statements


def together_of_table(sql):
    """The table whose `unique_together` or `index_together` this is, with what it creates."""
    found = TOGETHER.match(sql)
    return found and (found["unique"] or found["built"] or found["index"], found["index"] is None)


def sorted_if_together(run):
    run = list(run)
    return sorted(run) if together_of_table(run[0]) else run


def matches(expected, actual, unknown=ANYTHING):
    if expected == actual:
        return True
    pieces = UNKNOWN.split(actual)[::2]
    return len(pieces) > 1 and re.fullmatch(unknown.join(map(re.escape, pieces)), expected, re.DOTALL) is not None


# Printing


def print_table(title, rows):
    lines = table(title, rows)
    width = max(len(line[0]) for line in lines)
    for head, *cells in lines:
        print(head.ljust(width), *(cell.rjust(13) for cell in cells))
    print()
    if title == "package":
        print(*share_lines(rows), sep="\n", end="\n\n")


def print_reasons(results):
    for name, package_results in results.items():
        for result in package_results:
            if result.outcome == "flagged":
                reasons = "; ".join(result.reasons) or "no reason given"
                print(f"{name} {result.place} [{result.index}] {result.name}: {result.note}: {reasons}")
    print()


def print_extra(results):
    """Migrations that one side alone has, once each."""
    for name, package_results in results.items():
        missing = {(result.place, result.note) for result in package_results if result.outcome == "missing"}
        for place, note in sorted(missing):
            print(f"missing: {name} {place}: {note}")


def print_differences(name, results, limit):
    different = [result for result in results if result.outcome == "different"]
    different += [result for result in results if result.outcome == "flagged" and "differs" in result.note]
    for result in different[: limit or None]:
        print(f"== {name} {result.place} [{result.index}] {result.name}: {result.outcome} {result.note}".rstrip())
        for part in ("statements", "deferred"):
            print_part(part, result.operation[part], result.ours[part])
    if limit and len(different) > limit:
        print(f"... and {len(different) - limit} more of {name}")


def print_part(part, expected, actual):
    if expected == actual:
        return
    print(f"   {part}")
    common = Counter(expected) & Counter(actual)
    for mark, statements in (("django", expected), ("ours  ", actual)):
        left = Counter(common)
        for sql in statements:
            same = left[sql] > 0
            left[sql] -= 1
            print(f"     {mark} {'=' if same else '!'} {sql}")


if __name__ == "__main__":
    sys.exit(main())
