"""Runs inside the package's environment: boots Django, runs all migrations, writes what was seen.

    python recorder.py OUTPUT CONTEXT ORIGINALS|SQUASHES

DJANGO_SETTINGS_MODULE names the settings; ORIGINALS runs the replaced migrations where they are on disk, as a
database did that has lived through them; SQUASHES runs what a new database gets. With CONFORMANCE_RUN=AGAIN the clock, random
numbers and the host are others.
"""

import datetime
import importlib
import inspect
import json
import os
import re
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import frozen
import stubs


# Squashes that stood aside for what they replace.
SQUASHES = set()

# By the module of a migration: of what kind is what it has drawn when it was imported.
DRAWN_AT_IMPORT = {}


def main(output, context, squashes):
    boot()
    from django.db import connection

    # As `migrate` does: with PostGIS it makes the extension.
    connection.prepare_database()
    executor, observer = prepare(connection, squashes)
    targets = executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    Path(output).write_text(json.dumps([migration_json(*entry) for entry in observer.migrations], indent=1))
    Path(context).write_text(json.dumps(context_json(executor.loader, observer), indent=1))


def boot():
    warnings.simplefilter("ignore")
    if "CONFORMANCE_DATABASE" in os.environ:
        # The project's modules come before ours, which are further down in PYTHONPATH.
        sys.path.remove(str(Path(__file__).parent))
    import django

    frozen.install()
    give_back_removed_names()
    stubs.allow(os.environ.get("CONFORMANCE_STUBS", "").split())
    import_settings()
    apps = os.environ.get("CONFORMANCE_APPS")
    if apps == "bare":
        without_models()
    if apps in ("bare", "unready"):
        without_ready()
    django.setup()


def give_back_removed_names():
    """Migrations written for an older Django import it; the value is the same."""
    from django.utils import timezone

    if not hasattr(timezone, "utc"):
        timezone.utc = datetime.timezone.utc


def import_settings():
    """Some packages' settings read arguments; they shall not see ours."""
    sys.argv = ["manage.py", "migrate"]
    module = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    if database := os.environ.get("CONFORMANCE_DATABASE"):
        use_scratch_database(module, json.loads(database))
    if os.environ.get("CONFORMANCE_APPS") == "bare":
        module.INSTALLED_APPS = [app for app in module.INSTALLED_APPS if find_spec(app.partition(".")[0])]
    from django.conf import settings

    # Whoever asked for a setting while that module was being read got what it had until then.
    settings._setup()


def use_scratch_database(module, database):
    """A project's own settings, but for its servers and where it writes its log."""
    # Migrations look up what they know; all of them are one database here.
    aliases = {"default", *getattr(module, "DATABASES", {})}
    module.DATABASES = {alias: {**database, "ATOMIC_REQUESTS": False} for alias in aliases}
    module.DATABASE_ROUTERS = []
    module.LOGGING_CONFIG = None


def without_models():
    """Labels and migrations only.

    Migrations may import models all the same. Those of packages for an older Django may have an option in their Meta
    that is no longer one; what migrations declare does not come from there.
    """
    from django.apps import AppConfig
    from django.db.models import options

    if "index_together" not in options.DEFAULT_NAMES:
        options.DEFAULT_NAMES += ("index_together",)

    without_user_model()
    AppConfig.import_models = lambda self: setattr(self, "models", self.apps.all_models[self.label])
    create = AppConfig.create

    def create_with_stubs(entry):
        stubs.import_with_stubs(import_entry, entry)
        return create(entry)

    AppConfig.create = create_with_stubs


def without_user_model():
    """Models that migrations import may want the model of users, which no module has loaded: its label does as well."""
    from django.conf import settings
    from django.contrib import auth
    from django.core.exceptions import ImproperlyConfigured

    find = auth.get_user_model

    def user_model():
        try:
            return find()
        except ImproperlyConfigured:
            return settings.AUTH_USER_MODEL

    auth.get_user_model = user_model


def import_entry(entry):
    """An entry of INSTALLED_APPS: a module, whose `apps` Django looks at, or a class in one."""
    try:
        importlib.import_module(entry)
    except ModuleNotFoundError as error:
        if error.name != entry or "." not in entry:
            raise
        importlib.import_module(entry.rpartition(".")[0])
        return
    try:
        importlib.import_module(f"{entry}.apps")
    except ModuleNotFoundError as error:
        if error.name != f"{entry}.apps":
            raise


def without_ready():
    """No app's ready() is called: some want a running service there. What Django adds to its own classes stays."""
    from django.apps import AppConfig

    def drop_ready(config):
        if config.__module__ != "django.contrib.postgres.apps":
            config.ready = AppConfig.ready

    for config in AppConfig.__subclasses__():
        drop_ready(config)
    AppConfig.__init_subclass__ = classmethod(lambda cls, **kwargs: drop_ready(cls))


def prepare(connection, squashes):
    from django.db.migrations import executor, graph, loader
    from observe import Observer
    from trust import Trust

    real_import = importlib.import_module
    loader.import_module = lambda name: import_seeded(lambda wanted: stubs.import_with_stubs(real_import, wanted), name)
    if squashes == "ORIGINALS":
        prefer_originals(graph.MigrationGraph)
    observer = Observer(connection, Trust())
    runner = executor.MigrationExecutor(connection, observer.on_progress)
    observer.install()
    return runner, observer


def import_seeded(import_module, name):
    """Notes what a migration draws when it is imported: `default=timezone.now()` is a constant from then on."""
    if name in sys.modules:
        return import_module(name)
    frozen.FROZEN.restart(name)
    try:
        return import_module(name)
    finally:
        DRAWN_AT_IMPORT[name] = frozen.FROZEN.drawn


def prefer_originals(graph_class):
    """Let the graph drop the squash, where it would drop the replaced migrations."""
    drop_originals = graph_class.remove_replaced_nodes

    def remove_replaced_nodes(self, replacement, replaced):
        complete = all(key in self.nodes and self.nodes[key] is not None for key in replaced)
        if complete:
            SQUASHES.add(replacement)
            self.remove_replacement_node(replacement, replaced)
        else:
            drop_originals(self, replacement, replaced)

    graph_class.remove_replaced_nodes = remove_replaced_nodes


def migration_json(migration, records):
    for record in records:
        # What the operation itself has drawn says more.
        record.drawn = record.drawn or DRAWN_AT_IMPORT.get(type(migration).__module__, set())
    return {
        "app": migration.app_label,
        "migration": migration.name,
        "module": type(migration).__module__,
        "atomic": migration.atomic,
        "replaces": [list(key) for key in migration.replaces],
        "operations": [record.as_json() for record in records],
    }


def context_json(loader, observer):
    """What somebody needs to know who reads the same migrations without running them."""
    import django
    from django.apps import apps
    from django.conf import settings

    names = ["AUTH_USER_MODEL", "DEFAULT_AUTO_FIELD", "INSTALLED_APPS", "MIGRATION_MODULES", "TIME_ZONE", "USE_TZ"]
    names += [name for name in dir(settings) if name.endswith("_MODEL") and is_model_name(getattr(settings, name))]
    names += [name for name in named_by_migrations(loader) if is_plain(getattr(settings, name, stubs))]
    return {
        "django": django.get_version(),
        "settings": {name: literal(getattr(settings, name)) for name in sorted(set(names))},
        "python_path": sys.path,
        "apps": [app_json(config, loader) for config in apps.get_app_configs()],
        "modules": sorted(classes_modules(observer)),
        "stubbed": sorted(stubs.FINDER.allowed),
        "squashes": sorted(map(list, SQUASHES)),
    }


def named_by_migrations(loader):
    """Settings that stand in the source of a migration."""
    for migration in loader.disk_migrations.values():
        yield from re.findall(r"\bsettings\.([A-Z][A-Z0-9_]+)\b", inspect.getsource(inspect.getmodule(type(migration))))


def is_plain(value):
    return isinstance(value, (str, bool, int, type(None)))


def is_model_name(value):
    return isinstance(value, str) and value.count(".") == 1


def literal(value):
    if isinstance(value, (list, tuple)):
        return [literal(item) for item in value]
    if isinstance(value, dict):
        return {str(key): literal(item) for key, item in value.items()}
    return value if isinstance(value, (str, bool, int, type(None))) else str(value)


def app_json(config, loader):
    migrations, explicit = loader.migrations_module(config.label)
    return {
        "label": config.label,
        "name": config.name,
        "path": config.path,
        "class": f"{type(config).__module__}.{type(config).__qualname__}",
        "migrations": migrations if config.label in loader.migrated_apps else None,
        "folder": folder_of(migrations) if config.label in loader.migrated_apps else None,
        "count": sum(1 for label, _ in loader.disk_migrations if label == config.label),
    }


def folder_of(package):
    return next(iter(sys.modules[package].__path__), None)


def classes_modules(observer):
    """The modules that define what operations are made of: fields, indexes, constraints, operations."""
    from django.db.migrations.operations.base import Operation

    for _, records in observer.migrations:
        # Django's own tests have mocks among them.
        for operation in (record.operation for record in records if isinstance(record.operation, Operation)):
            things = [operation, *[field for _, field in getattr(operation, "fields", ()) or ()]]
            things += [getattr(operation, name, None) for name in ("field", "index", "constraint")]
            for thing in things:
                yield from (cls.__module__ for cls in inspect.getmro(type(thing)))


if __name__ == "__main__":
    main(*sys.argv[1:])
