"""Stand-ins for modules and names which a migration imports and nobody installed."""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from django.db import models


class StubMeta(type):
    """A class whose attributes are stubs as well, so that `package.models.Thing.make` exists."""

    def __getattr__(cls, name):
        if name.startswith("__") or name in ("_meta", "resolve_expression", "contribute_to_class", "as_sql"):
            raise AttributeError(name)
        return stub(f"{cls.stub_path}.{name}")

    def __str__(cls):
        return cls.stub_path


class Stub(metaclass=StubMeta):
    """Callable, and equal to another stand-in for the same name."""

    stub_path = "?"

    def __init__(self, *args, **kwargs):
        self.arguments = (args, kwargs)

    def __call__(self, *args, **kwargs):
        return None

    def deconstruct(self):
        return self.stub_path, *self.arguments

    def __str__(self):
        return self.stub_path


class StubField(models.TextField):
    """A field of unknown type. Its column is text, and nobody believes it."""

    stub_path = "?"

    def __init__(self, *args, **kwargs):
        self.arguments = (args, kwargs)
        known = ("null", "blank", "default", "unique", "db_index", "primary_key", "db_column", "verbose_name")
        super().__init__(**{name: value for name, value in kwargs.items() if name in known})

    def deconstruct(self):
        return self.name, self.stub_path, *self.arguments


def stub(path):
    name = path.rpartition(".")[2]
    base = StubField if name.endswith("Field") else Stub
    attributes = {"stub_path": path, "__module__": path.rpartition(".")[0]}
    return type(base)(name, (base,), attributes)


def is_stub(thing):
    return isinstance(getattr(thing, "stub_path", None), str) and thing not in (Stub, StubField)


class StubModule(ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = stub(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class StubFinder(MetaPathFinder, Loader):
    """Last in line, and only for modules whose absence has stopped a migration (or, listed, an app) from loading."""

    def __init__(self):
        self.allowed = set()

    def find_spec(self, name, path=None, target=None):
        parts = name.split(".")
        if any(".".join(parts[: n + 1]) in self.allowed for n in range(len(parts))):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, module):
        pass


FINDER = StubFinder()
sys.meta_path.append(FINDER)


def allow(modules):
    """From the start: the apps themselves cannot be loaded without these."""
    FINDER.allowed.update(modules)


def import_with_stubs(import_module, name):
    """Import; whatever proves missing becomes a stand-in, one after the other."""
    for _ in range(200):
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            if not error.name or error.name in FINDER.allowed or name.startswith(error.name):
                raise
            FINDER.allowed.add(error.name)
        except ImportError as error:
            missing = getattr(error, "name_from", None) or missing_name(error)
            if not missing or error.name not in sys.modules:
                raise
            setattr(sys.modules[error.name], missing, stub(f"{error.name}.{missing}"))
        except AttributeError as error:
            if not isinstance(error.obj, ModuleType):
                raise
            setattr(error.obj, error.name, stub(f"{error.obj.__name__}.{error.name}"))
        sys.modules.pop(name, None)
    raise ImportError(f"{name}: too many missing names")


def missing_name(error):
    """Python 3.11 says it only in words: cannot import name 'x' from 'y' (file)."""
    words = str(error).split("'")
    return words[1] if str(error).startswith("cannot import name") and len(words) > 1 else None
