#!/usr/bin/env python3
"""Records the statements that a real Django sends for a project as it stands: with its own manage.py, settings and apps.

    conformance/record_project.py --project CLONE NAME

NAME is an entry of projects.toml, CLONE the folder of its repository, at that commit. Nothing in it is changed but what the project
itself writes when it starts.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import record
import server
import two_runs

HERE = Path(__file__).parent
# In the place of a version of Django: a project brings its own.
RECORDINGS = "projects"


def main():
    arguments = parse_arguments()
    entry = {**read_entries()[arguments.name], "clone": str(arguments.project.resolve())}
    if arguments.settings:
        entry["settings"] = arguments.settings
    with server.scratch_server() as port:
        record_project(entry, arguments.work.resolve(), port)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", metavar="NAME", help="an entry of projects.toml")
    parser.add_argument("--project", type=Path, required=True, metavar="CLONE", help="the folder of the repository")
    parser.add_argument("--settings", metavar="MODULE", help="default: what the entry names")
    parser.add_argument("--work", type=Path, default=record.work_folder(), help="default: target/conformance")
    return parser.parse_args()


def read_entries():
    return {entry["name"]: entry for entry in tomllib.loads((HERE / "projects.toml").read_text())["project"]}


def record_project(entry, work, port):
    python = environment(entry, work / "venvs" / f"project-{entry['name']}")
    migrations, context = run(entry, work, port, python, "ORIGINALS")
    if context["squashes"]:
        on_new_database, _ = run(entry, work, port, python, "SQUASHES")
        migrations = record.with_squashes(migrations, on_new_database)
    own = own_labels(entry, context)
    for migration in migrations:
        migration["dependency"] = migration["app"] not in own
    recording = {
        "package": entry["name"],
        "version": entry["commit"][:12],
        "django": context["django"],
        "postgres": server.major_version(),
        "psycopg2": entry.get("psycopg2", False),
        "project": str(folder_of_manage(entry)),
        "python": str(python),
        "stubbed": context["stubbed"],
        "settings": context["settings"],
        "apps": [app["label"] for app in context["apps"]],
        "migrations": migrations,
    }
    output = work / "recorded" / RECORDINGS / f"{entry['name']}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(recording, indent=1))
    print(record.summary(recording))


def environment(entry, venv):
    """A virtual environment with what the project's requirements name, and so with its own Django."""
    python, done = venv / "bin" / "python", venv / "complete"
    wanted = requirements(entry)
    if not done.exists() or done.read_text() != "\n".join(wanted):
        subprocess.run([interpreter(entry), "-m", "venv", venv], check=True)
        record.pip(python, "setuptools<80", "wheel")
        record.pip(python, *wanted)
        # Beside psycopg2 Django takes it, and literals are written as in all recordings: psycopg2 has `T` in moments and casts no JSON.
        if not entry.get("psycopg2"):
            record.pip(python, "psycopg[binary]>=3.1")
        done.write_text("\n".join(wanted))
    return python


def interpreter(entry):
    name = f"python{entry.get('python', '3.11')}"
    return shutil.which(name) or sys.exit(f"{entry['name']} needs {name} in PATH")


def requirements(entry):
    """The lines of its files that pip can take from a registry, without what does not install everywhere."""
    lines = []
    for name in entry.get("requirements", []):
        lines += requirement_lines(Path(entry["clone"]) / name)
    left_out = {normal_name(name) for name in entry.get("without", [])}
    lines = [line for line in lines if line and not line.startswith("-") and "git+" not in line]
    return [line for line in lines if normal_name(line) not in left_out] + entry.get("extra_requirements", [])


def requirement_lines(file):
    if file.name == "pyproject.toml":
        return tomllib.loads(file.read_text())["project"]["dependencies"]
    text = file.read_text().replace("\\\n", " ")
    return [re.sub(r"--hash\S+|(^|\s)#.*", "", line).strip() for line in text.splitlines()]


def normal_name(requirement):
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def run(entry, work, port, python, squashes):
    """Two passes over an empty database."""
    folder = work / "runs" / f"project-{entry['name']}"
    shutil.rmtree(folder / "home", ignore_errors=True)
    (folder / "home").mkdir(parents=True)
    database = f"{entry['name']}_{squashes}".lower()
    environ = environment_variables(entry, folder, database, port)
    return two_runs.record(python, folder, folder_of_manage(entry), squashes, environ, port, database)


def environment_variables(entry, folder, database, port):
    engine = entry.get("engine", "django.db.backends.postgresql")
    server_of_run = {"ENGINE": engine, "NAME": database, "USER": server.SUPERUSER, "HOST": "127.0.0.1", "PORT": str(port)}
    given = {key: value.replace("{run}", str(folder)) for key, value in entry.get("environment", {}).items()}
    return {
        **os.environ,
        "HOME": str(folder / "home"),
        **given,
        "DJANGO_SETTINGS_MODULE": entry["settings"],
        "PYTHONPATH": os.pathsep.join([str(folder_of_manage(entry)), *beside_manage(entry), str(HERE)]),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CONFORMANCE_APPS": entry.get("apps", "full"),
        "CONFORMANCE_STUBS": " ".join(entry.get("stubs", [])),
        "CONFORMANCE_DATABASE": json.dumps(server_of_run),
    }


def beside_manage(entry):
    """Folders of the repository that a project has in its path beside that of manage.py."""
    folders = entry.get("environment", {}).get("PYTHONPATH", "")
    return [str(Path(entry["clone"]) / folder) for folder in folders.split(os.pathsep) if folder]


def folder_of_manage(entry):
    return (Path(entry["clone"]) / entry.get("manage", ".")).resolve()


def own_labels(entry, context):
    """Of the apps whose migrations lie in the repository; what is installed beside them is not forelock's to print."""
    clone = Path(entry["clone"])
    return {app["label"] for app in context["apps"] if app["folder"] and Path(app["folder"]).is_relative_to(clone)}


if __name__ == "__main__":
    sys.exit(main())
