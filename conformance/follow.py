"""Runs inside an environment with Django: follows a plan, or runs the migration in whose place it stands, and prints what it saw.

    python follow.py FOLDER original|cured PORT DATABASE

The original runs on an empty database; the cured one with rows, from the migration before on.
"""

import contextlib
import json
import re
import sys
import time
from pathlib import Path

import catalog
import old_code
import witness
from autodetected import Models
from copies import Copies
from killed import Kills, Statements
from rows import Rows
from same_rows import SameRows
from waiting import Waits

DEPENDENT_OBJECTS = "2BP01"
DEPENDENT = re.compile(r"^(trigger|policy|view|constraint) (\S+)(?: on table (\S+))? depends on", re.MULTILINE)
DROPS = {
    "trigger": "DROP TRIGGER {} ON {}",
    "policy": "DROP POLICY {} ON {}",
    "view": "DROP VIEW IF EXISTS {} CASCADE",
    "constraint": "ALTER TABLE {1} DROP CONSTRAINT {0}",
}


def main(folder, which, port, database, followers):
    folder = Path(folder)
    server = {"dbname": database, "host": "127.0.0.1", "port": int(port), "user": "conformance"}
    witness.configure(folder / which, server)
    # Commands pause between batches.
    time.sleep, pause = (lambda seconds: pause(min(seconds, 0.005))), time.sleep
    told = json.loads((folder / "told.json").read_text())
    from django.db import connections

    # The wrapper itself: threads that look on get another one by `django.db.connection`.
    connection = connections["default"]
    connection.ensure_connection()
    copies = Copies(connection, server)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            seen = followers[which](copies, folder, which, told).run()
    finally:
        copies.close()
    print(json.dumps(seen))


class Follower:
    def __init__(self, copies, folder, which, told):
        self.copies = copies
        self.connection = copies.connection
        self.folder = folder
        self.project = folder / which
        self.finding = told["finding"]
        self.targets = told["targets"]
        # The migration of the operation by itself, in the project that has the original.
        self.goal = told["goal"]
        # A whole history takes seconds to load: kills and open transactions are for the fixtures, whose statements are the same.
        self.is_package = told["is_package"]
        self.app = self.finding["app"]

    def migrate(self, goal):
        from django.db.migrations.executor import MigrationExecutor

        MigrationExecutor(self.connection).migrate(goal)

    def loader(self):
        from django.db.migrations.loader import MigrationLoader

        return MigrationLoader(self.connection)

    def state(self):
        """What the migrations that ran come to."""
        loader = self.loader()
        return loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes])

    def back_to(self, goal):
        """The schema after going back to where the operation had not run; None where it cannot."""
        from django.db.migrations.exceptions import IrreversibleError

        try:
            self.migrate(goal)
        except IrreversibleError:
            return None
        return catalog.schema(self.connection)


    # Rows

    def put_rows(self):
        """A thousand in each table, and NULL in every tenth row, where a column may have it."""
        from django.db.utils import IntegrityError

        Rows(self.connection.connection, self.project).fill()
        with self.connection.cursor() as cursor:
            for table, column in catalog.nullable_columns(self.connection):
                # A check may be there that refuses it.
                with contextlib.suppress(IntegrityError):
                    cursor.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE ctid IN (SELECT ctid FROM "{table}" LIMIT 100)')

    def without_rows(self):
        if tables := catalog.tables(self.connection):
            with self.connection.cursor() as cursor:
                cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + " CASCADE")


class Original(Follower):
    def run(self):
        start = [(self.app, self.finding["migration"])]
        self.migrate(start)
        before = catalog.schema(self.connection)
        waits = self.waits()
        self.migrate([(self.app, self.goal)])
        state = self.state()
        # Django takes models that point to what is gone for an error only when it renders them.
        _ = state.apps
        seen = {"before": before, "after": catalog.schema(self.connection), "state": lines(state)}
        return seen | {"back": self.back_to(start), "waits": waits.counts}

    def waits(self):
        """With rows, which go again."""
        waits = Waits(self.copies)
        if self.is_package:
            return waits
        self.put_rows()
        self.copies.keep()
        statements = Statements()
        act = lambda: self.migrate([(self.app, self.goal)])
        with self.copies.on_trial(), self.connection.execute_wrapper(statements), contextlib.suppress(Exception):
            act()
        waits.of_step("original", act, statements.sent)
        self.without_rows()
        return waits


class Cured(Follower):
    def run(self):
        start = [(self.app, self.finding["migration"])]
        self.migrate(start)
        before = catalog.schema(self.connection)
        self.put_rows()
        self.declares = self.finding["plan"]["declares"]
        self.kills = Kills(self.copies, "leaves-index" in self.declares)
        self.waits = Waits(self.copies)
        self.old_code, self.new_code, self.missing = [], [], []
        self.models = Models(self.finding, self.state(), self.folder / "original", self.goal)
        self.rows = SameRows(self.connection, self.finding, self.folder / "original", self.goal, self.state().apps)
        for release in sorted({target["release"] for target in self.targets}):
            self.release(release)
        seen = {"before": before, "after": catalog.schema(self.connection), "state": lines(self.state())}
        # Rows without a value, or of a table that was gone, stop the original as well.
        self.without_rows()
        kills = {"count": self.kills.count, "invalid": self.kills.invalid, "wrong": self.kills.wrong}
        waits = {"counts": self.waits.counts, "wrong": self.waits.wrong}
        code = {"old_code": self.old_code, "new_code": self.new_code, "makemigrations": self.missing}
        return seen | {"back": self.back_to(start), "kills": kills, "waits": waits} | code

    def release(self, release):
        code = old_code.Code(self.connection, self.state(), self.app)
        before = code.ask()
        behind = catalog.behind(self.connection)
        for number, target in enumerate(self.targets, 1):
            if target["release"] != release:
                continue
            name = f"step {number}, {target.get('migration') or target['command']}"
            self.step(name, target)
            self.new_code += [f"{name}: {what}" for what in self.rows.wrong()]
            self.new_code += [f"{name}: {column} would get a number that is taken" for column in sorted(catalog.behind(self.connection) - behind)]
            worse = old_code.worse(before, code.ask(), self.accepted())
            self.old_code += [f"{name}: {what}" for what in worse]
            if release == 1:
                code.write()
        state = self.state()
        own = old_code.Code(self.connection, state, self.app)
        after = own.ask()
        if release == 1:
            self.look_for_none(code.reads_none(own), own.can_insert(after, self.finding["locks"]))
        self.new_code += [f"release {release}: {what}" for what in old_code.worse(before, after, self.accepted())]
        self.missing += [f"release {release}: {what}" for what in self.models.changes(state, release)]

    def look_for_none(self, fields, is_written):
        """Code of before that reads None where none may be: as the plan declares."""
        is_declared = "reads-none" in self.declares
        if fields and not is_declared:
            self.old_code += [f"release 1: {field} reads None" for field in fields]
        # Where no row of the new release comes in here, nobody can see what code of before reads there.
        if is_declared and is_written and not fields:
            self.old_code.append("release 1: reads-none is declared, and nothing reads None")

    def accepted(self):
        acts = {"refuses-none": "insert of None", "refuses-deletes": "delete"}
        return tuple(act for declared, act in acts.items() if declared in self.declares)

    def step(self, name, target):
        if "dependents-first" in self.declares:
            self.clear_the_way(target)
        if self.is_package:
            self.follow(target)
            return
        self.copies.keep()
        statements = Statements()
        with self.connection.execute_wrapper(statements):
            self.follow(target)
        wanted = catalog.schema_and_migrations(self.connection)
        self.kills.of_step(name, lambda: self.follow(target), statements.sent, wanted)
        self.waits.of_step(name, lambda: self.follow(target), statements.sent, wanted)

    def clear_the_way(self, target):
        """What the plan says to do before a drop that Postgres refuses."""
        from django.db.utils import InternalError

        self.copies.keep()
        detail = ""
        with self.copies.on_trial():
            try:
                self.follow(target)
            except InternalError as error:
                if error.__cause__.sqlstate != DEPENDENT_OBJECTS:
                    raise
                detail = error.__cause__.diag.message_detail
        with self.connection.cursor() as cursor:
            for kind, name, table in DEPENDENT.findall(detail):
                cursor.execute(DROPS[kind].format(name, table))

    def follow(self, target):
        from django.core.management import call_command

        if "command" in target:
            self.with_models(target["release"], lambda: call_command(target["command"]))
            return
        goal = [(target["app"], target["migration"])]
        try:
            self.migrate(goal)
        except RuntimeError as error:
            if "first" not in str(error):
                raise
            self.fill(target["release"])
            self.migrate(goal)

    def fill(self, release):
        """What the assertion asks for: the command again, or values that the project knows; here any does."""
        commands = [target for target in self.targets if "command" in target and target["release"] == release]
        for target in commands:
            self.follow(target)
        if not commands:
            Rows(self.connection.connection, self.project).fill_with_free_values()
            self.fill_nulls()

    def with_models(self, release, act):
        """With the models as the code of a release has them."""
        from unittest import mock

        from django.apps import apps

        last = [t for t in self.targets if t["release"] <= release and "migration" in t][-1]
        models = self.loader().project_state([(last["app"], last["migration"])]).apps
        with mock.patch.object(apps, "get_model", models.get_model):
            act()

    def fill_nulls(self):
        with self.connection.cursor() as cursor:
            for table, column in catalog.nullable_columns(self.connection):
                cursor.execute(
                    f'UPDATE "{table}" SET "{column}" = (SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL LIMIT 1)'
                    f' WHERE "{column}" IS NULL'
                )


def lines(state):
    """The models, as makemigrations compares them."""
    from django.db.migrations.writer import MigrationWriter

    lines = []
    for (app, name), model in sorted(state.models.items()):
        for field, value in model.fields.items():
            lines.append(f"{app}.{name}.{field} = {MigrationWriter.serialize(value)[0]}")
        options = {key: value for key, value in model.options.items() if key not in ("indexes", "constraints")}
        lines.append(f"{app}.{name} {sorted(options.items(), key=str)}")
        for kind in ("indexes", "constraints"):
            lines += sorted(f"{app}.{name} {kind} {item.deconstruct()}" for item in model.options.get(kind, []))
    return lines


if __name__ == "__main__":
    main(*sys.argv[1:], {"original": Original, "cured": Cured})
