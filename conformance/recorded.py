#!/usr/bin/env python3
"""Writes RECORDED.md: what was recorded, of which package, with which Django.

    conformance/recorded.py
"""

import json

import record

HEAD = """# What was recorded

Written by `conformance/recorded.py` from the recordings; every line is one package run by one Django on PostgreSQL 15.
Errors are among the untrusted. *Of dependencies*: migrations of other packages, run because these need them, compared with nobody.

"""


def main():
    packages = record.read_packages()
    lines = [HEAD]
    for django in record.DJANGO_VERSIONS:
        lines += section(packages, record.work_folder() / "recorded" / django, django)
    (record.HERE / "RECORDED.md").write_text("".join(lines))


def section(packages, folder, django):
    recordings = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    recordings = [recording for recording in recordings if recording["package"] in packages]
    rows = [(recording["package"], recording["version"], record.counts(recording)) for recording in recordings]
    if not rows:
        return
    columns = list(rows[0][2])
    yield f"## Django {record.DJANGO_VERSIONS[django]}\n\n"
    yield table_row("package", "version", *columns)
    yield table_row("---", "---", *("---:" for _ in columns))
    for name, version, counts in rows:
        yield table_row(name, version, *counts.values())
    yield table_row("total", "", *(sum(counts[column] for _, _, counts in rows) for column in columns))
    yield "\n"
    yield from notes(packages, recordings)


def table_row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |\n"


def notes(packages, recordings):
    for recording in recordings:
        stubbed = ", ".join(f"`{name}`" for name in recording["stubbed"])
        if stubbed:
            yield f"- {recording['package']}: stand-ins for {stubbed}.\n"
        for operation, place in untrusted(recording):
            yield f"- {recording['package']} {place}: {operation['error'] or operation['reason']}.\n"
    for name, package in packages.items():
        if "note" in package:
            yield f"- {name}: {package['note']}\n"
    yield "\n"


def untrusted(recording):
    """One line per reason; the first place stands for all."""
    seen = set()
    for migration in recording["migrations"]:
        for operation in migration["operations"]:
            reason = operation["error"] or operation["reason"]
            if not migration["dependency"] and not operation["trust"] and reason not in seen:
                seen.add(reason)
                yield operation, f"{migration['app']}.{migration['migration']} [{operation['index']}]"


if __name__ == "__main__":
    main()
