"""Runs the recorder twice, the second time with another clock, other random numbers and another host.

What differs between the two holds a value of the run, and nothing else does. With CONFORMANCE_ONCE there is one run, and nothing
is known to vary: for a project whose migrations take long.
"""

import json
import os
import subprocess
from pathlib import Path

import server

RECORDER = Path(__file__).parent / "recorder.py"
UNKNOWN_SOURCE = "other"


def record(python, folder, working_folder, squashes, environ, port, database):
    """The migrations with the statements of the first run, and the context; both are left in the folder as well."""
    first, again = (folder / f"{squashes}.json", folder / f"{squashes}-again.json")
    context = folder / f"{squashes}-context.json"
    runs = [(first, "FIRST")] if "CONFORMANCE_ONCE" in os.environ else [(again, "AGAIN"), (first, "FIRST")]
    for output, run in runs:
        with server.scratch_database(port, database):
            command = [python, RECORDER, output, context, squashes]
            variables = {**environ, "CONFORMANCE_RUN": run}
            subprocess.run(command, check=True, env=variables, cwd=working_folder, stdout=subprocess.DEVNULL)
    migrations = json.loads(first.read_text())
    mark_what_varies(migrations, json.loads(runs[0][0].read_text()))
    first.write_text(json.dumps(migrations, indent=1))
    return migrations, json.loads(context.read_text())


def mark_what_varies(migrations, again):
    """`varies`: indexes of the statements that differ; `varies_with`: the kinds of values that the operation asked for.

    `asks_rows`: whether a default's callable looked at rows, which may be the same in both runs.
    """
    other = {(entry["app"], entry["migration"]): entry["operations"] for entry in again}
    for entry in migrations:
        pairs = zip(entry["operations"], other[entry["app"], entry["migration"]], strict=True)
        for operation, operation_again in pairs:
            drawn = operation.pop("drawn")
            operation["asks_rows"] = "rows" in drawn
            operation["varies"] = differing(operation["statements"], operation_again["statements"])
            deferred = differing(operation["deferred"], operation_again["deferred"])
            operation["varies_with"] = (drawn or [UNKNOWN_SOURCE]) if operation["varies"] or deferred else []


def differing(statements, again):
    same_number = len(statements) == len(again)
    return [index for index, sql in enumerate(statements) if not same_number or sql != again[index]]
