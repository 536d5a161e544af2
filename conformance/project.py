"""Writes settings: those Django records with, and a project folder that a static reader sees instead."""

import pprint
import shutil
from pathlib import Path

MANAGE = '''#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conformance_settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
'''


def settings_for_recording(package, database, port):
    lines = []
    if "settings_module" in package:
        lines.append(f"from {package['settings_module']} import *")
    for name, value in package.get("settings", {}).items():
        lines.append(f"{name} = {value!r}")
    lines += [
        "SECRET_KEY = 'conformance'",
        "DATABASES = {'default': {",
        f"    'ENGINE': {package.get('engine', 'django.db.backends.postgresql')!r},",
        f"    'NAME': {database!r}, 'USER': 'conformance', 'HOST': '127.0.0.1', 'PORT': {port},",
        "}}",
        "DATABASE_ROUTERS = []",
        "LOGGING_CONFIG = None",
        package.get("settings_code", ""),
    ]
    return "\n".join(lines) + "\n"


def write(folder, package, context):
    """The sources of the package, with literal settings; what it depends on goes to a virtual environment."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "manage.py").write_text(MANAGE)
    (folder / "conformance_settings.py").write_text(literal_settings(context["settings"]))
    site_packages = folder / ".venv" / "lib" / "python3.11" / "site-packages"
    prefixes = own_packages(package)
    for prefix in package.get("copied", prefixes):
        copy_module(prefix, folder, context["python_path"])
    for app in context["apps"]:
        if not belongs(app["name"], prefixes):
            copy_module(app["name"], site_packages, context["python_path"])
        if app["migrations"] and not belongs(app["migrations"], prefixes):
            copy_module(app["migrations"], site_packages, context["python_path"])
    for module in context["modules"]:
        if not belongs(module, prefixes) and not belongs(module, ["django", "builtins"]):
            copy_module(module, site_packages, context["python_path"])
    if (folder / ".venv").exists():
        (folder / ".venv" / "pyvenv.cfg").write_text("version = 3.11\n")


def literal_settings(settings):
    settings = {
        **settings,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "conformance"}},
    }
    return "\n".join(f"{name} = {pprint.pformat(value, width=100)}" for name, value in settings.items()) + "\n"


def own_packages(package):
    return package.get("own", [package["name"].replace("-", "_")])


def belongs(module, prefixes):
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def copy_module(module, target, python_path):
    """A module or a whole package, of which a migration reads Python and SQL files only, and the `__init__.py` above it."""
    parts = module.split(".")
    for root in map(Path, python_path):
        source = root.joinpath(*parts)
        if source.is_dir():
            for file in [*source.rglob("*.py"), *source.rglob("*.sql")]:
                copy_file(file, target / file.relative_to(root))
        elif source.with_suffix(".py").is_file():
            copy_file(source.with_suffix(".py"), target.joinpath(*parts).with_suffix(".py"))
        else:
            continue
        for depth in range(1, len(parts)):
            init = root.joinpath(*parts[:depth], "__init__.py")
            if init.is_file():
                copy_file(init, target / init.relative_to(root))
        return


def copy_file(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
