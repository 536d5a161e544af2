#!/usr/bin/env python3
"""Records the statements that a real Django sends for one package's migrations.

    conformance/record.py --django 5.2 pretix
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import project
import server
import two_runs

HERE = Path(__file__).parent
DJANGO_VERSIONS = {
    "4.2": "4.2.30", "5.0": "5.0.14", "5.1": "5.1.15", "5.2": "5.2.19", "6.0": "6.0.10", "6.1": "6.1.3",
}
# Those that real packages are recorded with; entries of our own name more.
USUAL = ("4.2", "5.2")
# The oldest Python that runs it.
PYTHON = {"6.0": (3, 12), "6.1": (3, 12)}


def main():
    arguments = parse_arguments()
    packages = read_packages()
    names = arguments.packages or list(packages)
    failed = []
    with server.scratch_server() as port:
        for name in names:
            package = for_django(packages[name], arguments.django)
            if arguments.django not in package.get("django", USUAL):
                continue
            try:
                record(package, arguments.django, arguments.work.resolve(), port)
            except subprocess.CalledProcessError as error:
                if len(names) == 1:
                    raise
                # One package that does not install must not cost us the others.
                print(f"{name}: {error}", file=sys.stderr)
                failed.append(name)
    return 1 if failed else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="names from packages.toml; default: all")
    parser.add_argument("--django", default="5.2", choices=DJANGO_VERSIONS)
    parser.add_argument("--work", type=Path, default=work_folder(), help="default: target/conformance")
    return parser.parse_args()


def work_folder():
    return Path(os.environ.get("CONFORMANCE_WORK", HERE.parent / "target" / "conformance"))


def read_packages():
    entries = tomllib.loads((HERE / "packages.toml").read_text())["package"]
    return {entry["name"]: entry for entry in entries}


def for_django(package, django):
    """With what the entry says under `versions` for this Django."""
    return {**package, **package.get("versions", {}).get(django, {})}


def record(package, django, work, port):
    name = package["name"]
    python = environment(package, django, work / "venvs" / f"{django}-{venv_name(package)}")
    migrations, context = run(package, django, work, port, python, "ORIGINALS")
    if context["squashes"]:
        # A squash beside its originals runs only on new databases; here it comes from such a run.
        on_new_database, _ = run(package, django, work, port, python, "SQUASHES")
        migrations = with_squashes(migrations, on_new_database)
    else:
        shutil.copy(run_folder(package, django, work) / "ORIGINALS.json", run_folder(package, django, work) / "SQUASHES.json")
    own = own_labels(package, context)
    for entry in migrations:
        entry["dependency"] = entry["app"] not in own
    output = work / "recorded" / django / f"{name}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    recording = {"package": name, "version": package["version"], "django": DJANGO_VERSIONS[django]}
    recording["postgres"] = server.major_version()
    recording["stubbed"] = context["stubbed"]
    recording["settings"] = context["settings"]
    recording["apps"] = [app["label"] for app in context["apps"]]
    recording["migrations"] = migrations
    output.write_text(json.dumps(recording, indent=1))
    project.write(work / "projects" / django / name, package, context)
    print(summary(recording))


def with_squashes(migrations, on_new_database):
    ran = {(entry["app"], entry["migration"]) for entry in migrations}
    return migrations + [entry for entry in on_new_database if (entry["app"], entry["migration"]) not in ran]


def venv_name(package):
    """What needs Django alone shares one."""
    needs_more = package["requirement"] or package.get("django_tests")
    return package["name"] if needs_more else "django"


def environment(package, django, venv):
    """A virtual environment with the package, its dependencies and exactly this Django."""
    python = venv / "bin" / "python"
    done = venv / "complete"
    keys = ("requirement", "dependencies", "without", "extra_requirements", "django_tests")
    wanted = json.dumps([DJANGO_VERSIONS[django], *(package.get(key) for key in keys)])
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([interpreter(django), "-m", "venv", venv], check=True)
        install(package, python)
        # Last, and whatever the package says about it: most run with more versions than they allow.
        pip(python, f"django=={DJANGO_VERSIONS[django]}", "psycopg[binary]>=3.1", "tzdata", "setuptools<80")
        if package.get("django_tests"):
            add_tests_of_django(django, python, venv)
        done.write_text(wanted)
    return python


def interpreter(django):
    """This Python, or a newer one in PATH where that Django wants it."""
    wanted = PYTHON.get(django, (3, 10))
    if sys.version_info >= wanted:
        return sys.executable
    newer = (shutil.which(f"python3.{minor}") for minor in range(wanted[1], wanted[1] + 4))
    found = next(filter(starts, filter(None, newer)), None)
    if not found:
        raise SystemExit(f"Django {django} needs Python {wanted[0]}.{wanted[1]} in PATH")
    return found


def starts(python):
    """Whether it is a Python: a version manager may leave a script of that name which only says that it is not chosen."""
    return subprocess.run([python, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def install(package, python):
    if not package["requirement"]:
        return
    if package.get("dependencies", True) and "without" not in package:
        pip(python, package["requirement"], *package.get("extra_requirements", []))
        return
    pip(python, "--no-deps", package["requirement"])
    wanted = dependencies(package, python) if package.get("dependencies", True) else []
    pip(python, *wanted, *package.get("extra_requirements", []))


def add_tests_of_django(django, python, venv):
    """Only the source distribution has them. The interpreter finds their folder by a .pth file."""
    sources = venv / "sources"
    command = [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "--dest", sources]
    subprocess.run([*command, f"django=={DJANGO_VERSIONS[django]}"], check=True)
    for archive in sources.glob("*.tar.gz"):
        shutil.unpack_archive(archive, sources)
    (tests,) = sources.glob("*/tests")
    (site_packages,) = venv.glob("lib/python*/site-packages")
    (site_packages / "tests-of-django.pth").write_text(f"{tests}\n")


# Runs inside the environment. pip brings the only parser of requirements that is surely there.
LIST_DEPENDENCIES = """
import importlib.metadata, sys
from pip._vendor.packaging.requirements import Requirement
for line in importlib.metadata.requires(sys.argv[1]) or ():
    requirement = Requirement(line)
    if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
        requirement.marker = None
        print(requirement.name, requirement, sep="\\t")
"""


def dependencies(package, python):
    """What the package asks for, without what does not install everywhere and no migration needs."""
    distribution = package["requirement"].partition("==")[0].partition("[")[0]
    listing = subprocess.check_output([python, "-c", LIST_DEPENDENCIES, distribution], text=True)
    pairs = [line.split("\t") for line in listing.splitlines()]
    return [requirement for name, requirement in pairs if name.lower() not in package["without"]]


def pip(python, *requirements):
    if not requirements:
        return
    find_links = os.environ.get("CONFORMANCE_WHEELS")
    options = ["--find-links", find_links] if find_links else []
    subprocess.run([python, "-m", "pip", "install", "-q", *options, *requirements], check=True)


def run(package, django, work, port, python, squashes):
    """Two passes over an empty database."""
    name = package["name"]
    folder = run_folder(package, django, work)
    folder.mkdir(parents=True, exist_ok=True)
    database = f"{name}_{django}_{squashes}".lower()
    (folder / "conformance_settings.py").write_text(project.settings_for_recording(package, database, port))
    return two_runs.record(python, folder, folder, squashes, environment_variables(package, folder), port, database)


def run_folder(package, django, work):
    return work / "runs" / f"{django}-{package['name']}"


def environment_variables(package, folder):
    return {
        **os.environ,
        **{key: value.replace("{run}", str(folder)) for key, value in package.get("environment", {}).items()},
        "DJANGO_SETTINGS_MODULE": "conformance_settings",
        "PYTHONPATH": os.pathsep.join([str(HERE), str(folder)]),
        # Sets are iterated in one order only; and no byte code beside the sources.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CONFORMANCE_APPS": package.get("apps", "full"),
        "CONFORMANCE_STUBS": " ".join(package.get("stubs", [])),
    }


def own_labels(package, context):
    prefixes = project.own_packages(package)
    return {app["label"] for app in context["apps"] if project.belongs(app["name"], prefixes)}


def summary(recording):
    head = f"{recording['package']} {recording['version']}, Django {recording['django']}: "
    return head + ", ".join(f"{count} {word}" for word, count in counts(recording).items())


def counts(recording):
    own = [entry for entry in recording["migrations"] if not entry["dependency"]]
    operations = [operation for entry in own for operation in entry["operations"]]
    return {
        "migrations": len(own),
        "of dependencies": len(recording["migrations"]) - len(own),
        "operations": len(operations),
        "statements": sum(len(operation["statements"]) + len(operation["deferred"]) for operation in operations),
        "errors": sum(operation["error"] is not None for operation in operations),
        "untrusted": sum(not operation["trust"] for operation in operations),
        "varying": sum(bool(operation["varies_with"]) for operation in operations),
    }


if __name__ == "__main__":
    sys.exit(main())
