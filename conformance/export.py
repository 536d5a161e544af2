#!/usr/bin/env python3
"""Writes recordings in a compact form for tests that run offline: Django's statements only, no code of anybody.

    conformance/export.py --django 5.2 synthetic wagtail --output conformance/recorded
    conformance/export.py --django 6.1 --beside 5.2 synthetic --output conformance/recorded

One JSON document per line: a head first, then one migration per line, so that a difference reads well. SQL that a package
wrote itself (RunSQL, RunPython, operations of its own) is left out. With `--beside`, so are migrations that send the same there.
"""

import argparse
import json
from pathlib import Path

from record import DJANGO_VERSIONS, work_folder


# What these send Django has made.
OF_DJANGO = {
    "AddConstraint", "AddField", "AddIndex", "AddIndexConcurrently", "AlterConstraint", "AlterField", "AlterIndexTogether",
    "AlterModelManagers", "AlterModelOptions", "AlterModelTable", "AlterModelTableComment", "AlterOrderWithRespectTo",
    "AlterUniqueTogether", "CreateModel", "DeleteModel", "RemoveConstraint", "RemoveField", "RemoveIndex",
    "RemoveIndexConcurrently", "RenameField", "RenameIndex", "RenameModel", "RunPython",
}


def main():
    arguments = parse_arguments()
    target = arguments.output or arguments.work / "export"
    for name in arguments.packages:
        recording = json.loads((arguments.work / "recorded" / arguments.django / f"{name}.json").read_text())
        file = target / arguments.django / f"{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        head, *written = lines(recording)
        if arguments.beside:
            beside = json.loads((arguments.work / "recorded" / arguments.beside / f"{name}.json").read_text())
            same = set(lines(beside))
            head = json.dumps({**json.loads(head), "beside": arguments.beside})
            written = [line for line in written if line not in same]
        file.write_text("".join(line + "\n" for line in [head, *written]))
        print(f"{file}: {file.stat().st_size} bytes")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--django", default="5.2", choices=DJANGO_VERSIONS)
    parser.add_argument("--beside", choices=DJANGO_VERSIONS, help="keep only what differs from this version")
    parser.add_argument("--work", type=Path, default=work_folder(), help="default: target/conformance")
    parser.add_argument("--output", type=Path, help="folder; default: WORK/export")
    return parser.parse_args()


def lines(recording):
    keys = ("package", "version", "django", "postgres", "apps", "settings")
    yield json.dumps({key: recording[key] for key in keys})
    is_ours = recording["version"] == "here"
    for migration in recording["migrations"]:
        if not migration["dependency"]:
            head = {"app": migration["app"], "migration": migration["migration"]}
            if migration["replaces"]:
                head["replaces"] = migration["replaces"]
            yield json.dumps({**head, "operations": [compact(operation, is_ours) for operation in migration["operations"]]})


def compact(operation, is_ours):
    """Empty lists are left out; an operation that nobody should compare says why."""
    entry = {"class": operation["class"]}
    sends_own = operation["class"] == "RunPython" and (operation["statements"] or operation["deferred"])
    if not is_ours and (sends_own or operation["class"] not in OF_DJANGO):
        return {**entry, "untrusted": "what it sends is the package's own"}
    for part in ("statements", "deferred", "varies"):
        if operation[part]:
            entry[part] = operation[part]
    if not operation["trust"]:
        entry["untrusted"] = operation["error"] or operation["reason"]
    return entry


if __name__ == "__main__":
    main()
