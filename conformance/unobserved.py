"""Runs inside the package's environment: migrates as Django does, with nobody listening. See crosscheck.py.

Of what the recorder changes only this is left: missing modules get stand-ins.
"""

import importlib

import recorder
import stubs


def main():
    recorder.boot()
    from django.db import connection
    from django.db.migrations import executor, loader

    real_import = importlib.import_module
    loader.import_module = lambda name: stubs.import_with_stubs(real_import, name)
    runner = executor.MigrationExecutor(connection)
    runner.migrate(runner.loader.graph.leaf_nodes())


if __name__ == "__main__":
    main()
