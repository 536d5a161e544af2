#!/usr/bin/env python3
"""Asks real Django what the settings of the projects in tests/settings are, and rewrites their truth.json.

    conformance/observe_settings.py                  all of them
    conformance/observe_settings.py split-settings   some, by the name of their folder

No variable of the environment says anything but what the file ENVIRONMENT of a project does.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import environments
import record

HERE = Path(__file__).resolve().parent
SHAPES = HERE.parent / "tests" / "settings"
DJANGO = "5.2"
PACKAGES = ("django-environ", "python-decouple", "django-split-settings", "django-configurations")
SETTINGS = ("AUTH_USER_MODEL", "DEFAULT_AUTO_FIELD", "INSTALLED_APPS", "TIME_ZONE", "USE_TZ")
MODELS = "from django.contrib.auth.models import AbstractUser\n\n\nclass Customer(AbstractUser):\n    pass\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="names of folders; default: all")
    parser.add_argument("--work", type=Path, default=record.work_folder().resolve(), help="default: target/conformance")
    arguments = parser.parse_args()
    venv = arguments.work / "venvs" / f"settings-{DJANGO}"
    python = environments.made(venv, PACKAGES, (f"django=={record.DJANGO_VERSIONS[DJANGO]}",))
    shapes = [SHAPES / name for name in arguments.shapes] or sorted(path for path in SHAPES.iterdir() if path.is_dir())
    sys.exit(1 if [shape.name for shape in shapes if not observe(shape, python)] else 0)


def observe(shape, python):
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(shape, project)
        (project / "shop").mkdir()
        (project / "shop" / "__init__.py").write_text("")
        (project / "shop" / "models.py").write_text(MODELS)
        # An app that only some of them install.
        (project / "payments").mkdir()
        (project / "payments" / "__init__.py").write_text("")
        managed = ["manage.py"] if (project / "manage.py").exists() else ["-m", "django"]
        # Packages that nobody can install: a folder called NAME.stub holds one.
        stubs = [str(stub) for stub in project.glob("*.stub")]
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(project), *stubs])}
        if (project / "ENVIRONMENT").exists():
            lines = (project / "ENVIRONMENT").read_text().split()
            variables.update(line.split("=", 1) for line in lines)
        command = [python, *managed, "diffsettings", "--all"]
        ran = subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True)
    if ran.returncode:
        print(f"{shape.name}: {ran.stderr.strip()}", file=sys.stderr)
        return False
    lines = (line.removeprefix("### ").split(" = ", 1) for line in ran.stdout.splitlines() if " = " in line)
    values = {name: value for name, value in lines if name in SETTINGS}
    truth = {name: ast.literal_eval(values[name]) for name in SETTINGS}
    (shape / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")
    print(shape.name)
    return True


if __name__ == "__main__":
    main()
