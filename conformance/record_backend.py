#!/usr/bin/env python3
"""Records what django-pg-zero-downtime-migrations sends for our own fixtures: conformance/recorded/zero-downtime.

    conformance/record_backend.py                          every version with all settings
    conformance/record_backend.py 0.20-django5.2           one version
    conformance/record_backend.py --settings raise         one of the settings, told apart from the defaults that are recorded
"""

import argparse
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brief
import environments
import observe_fixtures
import observed
import record
import server

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded" / "zero-downtime"
VERSIONS = {"0.16-django4.2": ("0.16", "4.2"), "0.16-django5.0": ("0.16", "5.0"), "0.20-django5.2": ("0.20", "5.2")}

TIMEOUTS = {"LOCK_TIMEOUT": "2s", "STATEMENT_TIMEOUT": "2s"}
# What a project sets, without the prefix ZERO_DOWNTIME_MIGRATIONS_.
SETTINGS = {
    "defaults": {},
    "timeouts": TIMEOUTS,
    "flexible-timeout": {**TIMEOUTS, "FLEXIBLE_STATEMENT_TIMEOUT": True},
    "raise": {"RAISE_FOR_UNSAFE": True},
    "not-deferred": {"DEFERRED_SQL": False},
    "no-explicit-drop": {"EXPLICIT_CONSTRAINTS_DROP": False},
    "keep-default": {"KEEP_DEFAULT": True},
    "idempotent": {"IDEMPOTENT_SQL": True},
}
# Each statement is wrapped in four SETs: the fixtures show that as well as the large project would.
OF_FIXTURES_ALONE = ("timeouts", "flexible-timeout")
NOTE = (
    "Statements that reached the cursor, in order; the backend's own look-ups (SELECT) are left out. `within`: those sent in a "
    "transaction. `raises`: the backend refused the operation after the statements shown; what comes after is recorded as if "
    "it had not. `error`: PostgreSQL refused the last statement or the backend crashed, and nothing was rolled back; the rest is "
    "done as without settings, or by Django's own backend, and where that fails too, later operations on the model are `untrusted`. "
    "`brief`: no statement works long under a lock that others wait for. Tables have no rows. What is not `defaults` holds only "
    "operations that differ from `defaults`."
)


def main():
    arguments = parse_arguments()
    projects = all_projects()
    with server.scratch_server() as port, ThreadPoolExecutor(arguments.jobs) as pool:
        list(pool.map(lambda version: record_version(version, projects, arguments, port), arguments.versions or VERSIONS))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of {', '.join(VERSIONS)}; default: all")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    return parser.parse_args()


def record_version(version, projects, arguments, port):
    backend, django = VERSIONS[version]
    python = environment(backend, django, arguments.work)
    settings = {name: SETTINGS[name] for name in arguments.settings}
    of_this = [project for project in projects if django in project.get("django", (django,))]
    defaults, recorded = {}, {}
    if "defaults" not in settings:
        # What is recorded already need not run again.
        defaults = json.loads((RECORDED / f"{version}-defaults.json").read_text())
        recorded = defaults["projects"]
        of_this = [project for project in of_this if project["name"] in recorded]
    job = {"projects": [{**project, "defaults": recorded.get(project["name"])} for project in of_this], "settings": settings}
    variables = dict(os.environ, PYTHONPATH=str(HERE), PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    process = subprocess.run(
        [python, HERE / "backend_recorder.py", str(port)], input=json.dumps(job), env=variables, stdout=subprocess.PIPE, text=True
    )
    if process.returncode:
        sys.exit(f"{version}: the recorder failed")
    seen = {"defaults": defaults, **json.loads(process.stdout)}
    for name in settings:
        write(version, name, {"backend": backend, "django": record.DJANGO_VERSIONS[django]}, seen)


def environment(backend, django, work):
    venv = work / "venvs" / f"zero-downtime-{backend}-{django}"
    packages = (f"django-pg-zero-downtime-migrations=={backend}", "psycopg[binary]>=3.1", "tzdata")
    return environments.made(venv, packages, (f"django=={record.DJANGO_VERSIONS[django]}",))


# Projects


def all_projects():
    return [fixture_project(fixture) for fixture in observed.choose(()) if is_run(fixture)] + list(synthetic_projects())


def is_run(fixture):
    """What runs on PostgreSQL 15 with nothing but Django, and what was made for the backend."""
    (version,) = observe_fixtures.by_version([fixture])
    requirements = observe_fixtures.requirements(fixture)
    if version != str(observed.DEFAULT_POSTGRES):
        return False
    if requirements:
        return all(line.startswith("django-pg-zero-downtime-migrations") for line in requirements)
    return fixture.parent.name in ("rules", "history") and observed.is_observed(fixture)


def fixture_project(fixture):
    settings = {"INSTALLED_APPS": sorted(folder.parent.name for folder in fixture.glob("*/migrations")), "USE_TZ": True}
    name = f"{fixture.parent.name}/{fixture.name}"
    return {"name": name, "path": str(fixture), "own": None, "settings": settings, "settings_module": observe_fixtures.settings(fixture)}


def synthetic_projects():
    packages = record.read_packages()
    for name in ("synthetic", "synthetic-5.2"):
        package = packages[name]
        yield {
            "name": name,
            "path": str(HERE),
            "own": package["own"][0],
            "settings": package["settings"],
            "settings_module": "",
            "django": package["django"],
            "only": [name for name in SETTINGS if name not in OF_FIXTURES_ALONE],
        }


# Files


def write(version, name, head, seen):
    path = RECORDED / f"{version}-{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    for migrations in seen[name]["projects"].values():
        for operation in (operation for migration in migrations for operation in migration["operations"]):
            operation |= {"brief": True} if brief.is_brief(operation) else {}
    of_these, of_defaults = seen[name], seen["defaults"]
    projects = of_these["projects"]
    if name != "defaults":
        known = of_defaults["projects"]
        projects = {project: different(migrations, known.get(project, [])) for project, migrations in projects.items()}
    projects = {project: migrations for project, migrations in projects.items() if migrations}
    head = {"note": NOTE, **head, "settings": SETTINGS[name]}
    if name == "defaults" or of_these["left_out"].keys() - of_defaults["left_out"].keys():
        head["left_out"] = of_these["left_out"]
    path.write_text(text(head, projects))
    print(path.relative_to(RECORDED), summary(projects), f"{path.stat().st_size // 1024} kB", flush=True)


def read(version, name):
    """What stands in the file, operations by their index: of what is not `defaults` those that a setting changes."""
    recording = json.loads((RECORDED / f"{version}-{name}.json").read_text())
    for migrations in recording["projects"].values():
        for migration in migrations:
            operations = migration["operations"]
            numbered = operations.items() if isinstance(operations, dict) else enumerate(operations)
            migration["operations"] = {int(index): operation for index, operation in numbered}
    return recording


def different(migrations, others):
    """Of each migration the operations that differ, by their index."""
    others = {(migration["app"], migration["migration"]): migration["operations"] for migration in others}
    found = []
    for migration in migrations:
        before = others.get((migration["app"], migration["migration"]))
        changed = {
            str(index): operation
            for index, operation in enumerate(migration["operations"])
            if before is None or operation != before[index]
        }
        if changed:
            found.append({**migration, "operations": changed})
    return found


def text(head, projects):
    """JSON with one migration on a line."""
    lines = ["{" + json.dumps(head)[1:-1] + ', "projects": {']
    entries = []
    for project, migrations in projects.items():
        rows = ",\n".join(json.dumps(migration, ensure_ascii=False) for migration in migrations)
        entries.append(f"{json.dumps(project)}: [\n{rows}]")
    return lines[0] + "\n" + ",\n".join(entries) + "\n}}\n"


def summary(projects):
    operations = [
        operation
        for migrations in projects.values()
        for migration in migrations
        for operation in (migration["operations"].values() if isinstance(migration["operations"], dict) else migration["operations"])
    ]
    counts = {key: sum(key in operation for operation in operations) for key in ("statements", "raises", "error", "untrusted")}
    return ", ".join(f"{count} {key}" for key, count in {"projects": len(projects), "operations": len(operations), **counts}.items())


if __name__ == "__main__":
    main()
