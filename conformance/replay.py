"""Runs the statements of a fixture's observed.json again, on a server of any version, without Django."""

import contextlib
import itertools
import re

import psycopg

import observed
from effects import Effects, describe
from rows import Rows

ENDS_TRANSACTION = re.compile(r"\s*(COMMIT|END|ROLLBACK|ABORT)\b", re.IGNORECASE)
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


class Replay:
    """One database: migrations in their order, each first whole in its transaction, then statement by statement."""

    def __init__(self, session, server, fixture):
        self.session = session
        self.effects = Effects(session, server)
        self.rows = Rows(session, fixture)
        self.existing = {}

    def migration(self, entry):
        """What was seen: of the whole, and of each statement (each part of it, where a string has several)."""
        for sql in entry.get("setup", []):
            with contextlib.suppress(psycopg.Error):
                self.session.execute(sql)
        self.rows.fill()
        self.existing = self.effects.relations()
        whole, amid = self.as_migrate_does(entry) if entry["atomic"] else ({}, [])
        place = "in transaction" if entry["atomic"] else "alone"
        statements = [self.statement(statement, place) for _, statement in observed.statements(entry)]
        # Where it failed, the statements that come after it had no part in it.
        for seen, together in zip(itertools.chain.from_iterable(statements), amid):
            seen |= together
        return whole, statements

    def as_migrate_does(self, entry):
        """As the witness does it, without the code of RunPython: what was seen of the whole, and of each part amid the others.

        None where a statement ends the transaction: then Django fails.
        """
        if any(ENDS_TRANSACTION.match(statement["sql"]) for _, statement in observed.statements(entry)):
            return None, []
        operation, amid = None, []
        try:
            with self.session.transaction() as transaction:
                for operation, statement in observed.statements(entry):
                    for part in statement.get("parts", [statement]):
                        amid.append(self.effects.amid(part["sql"], self.existing, self.existing))
                held = self.effects.table_locks(self.existing)
                raise psycopg.Rollback(transaction)
        except psycopg.Error as error:
            return {"fails": {"operation": operation, "error": describe(error)}}, amid
        return {"held": held} if held else {}, amid

    def as_one_string(self, parts):
        """What was seen of each part amid the others, where nobody has begun a transaction: the server runs a string in one."""
        amid, committed = [], self.effects.as_named_now(self.existing)
        with contextlib.suppress(psycopg.Error), self.session.transaction() as transaction:
            for part in parts:
                amid.append(self.effects.amid(part["sql"], committed, committed))
            raise psycopg.Rollback(transaction)
        return amid

    def statement(self, statement, place):
        if "parts" not in statement:
            return [self.perform(statement["sql"], place)]
        parts = statement["parts"]
        has_end = any(ENDS_TRANSACTION.match(part["sql"]) for part in parts)
        amid = self.as_one_string(parts) if place == "alone" and not has_end else []
        seen = [self.perform(part["sql"], "in transaction") for part in parts]
        return [one | together for one, together in itertools.zip_longest(seen, amid, fillvalue={})]

    def perform(self, sql, place):
        return self.effects.perform(sql, self.existing, place, self.rows)[0]


@contextlib.contextmanager
def database(port, name, time_zone):
    """A session in a database of its own, and how to reach it."""
    server = {"host": "127.0.0.1", "port": port, "user": "conformance"}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}"')
        server["dbname"] = name
        # A client's cursor, as Django's: what is sent is what was composed.
        with psycopg.connect(**server, autocommit=True, cursor_factory=psycopg.ClientCursor) as session:
            session.execute("SELECT set_config('TimeZone', %s, false)", [time_zone])
            yield session, server
        administrator.execute(TERMINATE, [name])
        administrator.execute(f'DROP DATABASE "{name}"')


def fixture(path, seen, port):
    """The fixture's migrations as this server shows them: pairs of what Replay.migration returns."""
    found = []
    entries = observed.in_order_of_run(seen)
    for number, (_, run) in enumerate(itertools.groupby(entries, observed.runs_apart)):
        name = f"{path.parent.name}-{path.name}-{number}".lower()[-63:]
        with database(port, name, seen.get("time_zone", observed.DEFAULT_TIME_ZONE)) as (session, server):
            replay = Replay(session, server, path)
            found += [replay.migration(entry) for entry in run]
    return found
