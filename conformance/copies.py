"""Copies of a database, from templates: Django's connection goes to one of them, and back."""

import contextlib

import psycopg


class Copies:
    def __init__(self, connection, server):
        self.connection = connection
        self.server = server
        self.name = server["dbname"]
        self.kept, self.trial = f"kept-{self.name}", f"trial-{self.name}"
        self.monitor = psycopg.connect(**(server | {"dbname": "postgres"}), autocommit=True)

    def keep(self):
        """The database as it is now is what trials begin with."""
        self.connection.close()
        self.drop(self.kept)
        self.monitor.execute(f'CREATE DATABASE "{self.kept}" TEMPLATE "{self.name}"')
        self.connection.connect()

    @contextlib.contextmanager
    def on_trial(self):
        """Django works in a copy of what is kept, until the end of the block."""
        self.go_to(self.trial)
        try:
            yield
        finally:
            self.go_to(self.name)

    def go_to(self, name):
        self.connection.close()
        if name == self.trial:
            self.drop(self.trial)
            self.monitor.execute(f'CREATE DATABASE "{self.trial}" TEMPLATE "{self.kept}"')
        self.connection.settings_dict["NAME"] = name
        self.connection.connect()

    def session(self, **options):
        """Somebody else in the database in which Django works."""
        return psycopg.connect(**(self.server | {"dbname": self.connection.settings_dict["NAME"]}), **options)

    @property
    def pid(self):
        return self.connection.connection.info.backend_pid

    def terminate(self, pid):
        self.monitor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def drop(self, name):
        self.monitor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self):
        self.connection.close()
        self.drop(self.kept)
        self.drop(self.trial)
        self.monitor.close()
