"""Kills a step after each of its statements, and in the middle of each concurrent one, and runs it again."""

import re
import threading
import time

import catalog

# Of more statements than these, those at both ends and some between them: a loop over rows does the same again and again.
MOST = 12
LOOKS = re.compile(r"\s*(SELECT|SHOW|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
CONCURRENT = re.compile(r"\s*(CREATE|DROP)\b.*\bINDEX CONCURRENTLY\b", re.IGNORECASE)
WAITS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
PATIENCE = 10


class Killed(BaseException):
    """No code of a project catches it."""


class Statements:
    """Those of a step that do anything."""

    def __init__(self):
        self.sent = []

    def __call__(self, execute, sql, params, many, context):
        if not LOOKS.match(str(sql)):
            self.sent.append(str(sql))
        return execute(sql, params, many, context)


class Killer:
    """Ends the session after the n-th statement, or amid it."""

    def __init__(self, copies, number, is_amid):
        self.copies = copies
        self.number = number
        self.is_amid = is_amid
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        if LOOKS.match(str(sql)):
            return execute(sql, params, many, context)
        self.seen += 1
        if self.seen != self.number:
            return execute(sql, params, many, context)
        pid = self.copies.pid
        if self.is_amid:
            self.interrupt(lambda: execute(sql, params, many, context), pid)
        else:
            execute(sql, params, many, context)
            self.copies.terminate(pid)
        raise Killed

    def interrupt(self, act, pid):
        """A transaction that has written makes a concurrent build or drop wait: it is ended there, half done."""
        from django.db.utils import Error

        with self.copies.session() as writer:
            for table in catalog.tables(self.copies.connection):
                writer.execute(f'LOCK TABLE ONLY "{table}" IN ROW EXCLUSIVE MODE')
            killer = threading.Thread(target=self.terminate_as_it_waits, args=(pid,))
            killer.start()
            try:
                act()
            except Error:
                pass
            killer.join()
            writer.rollback()

    def terminate_as_it_waits(self, pid):
        deadline = time.monotonic() + PATIENCE
        with self.copies.session(autocommit=True) as monitor:
            while time.monotonic() < deadline and not monitor.execute(WAITS, [pid]).fetchone()[0]:
                time.sleep(0.005)
            monitor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


class Kills:
    """The kills of all steps of a plan, and what did not survive them."""

    def __init__(self, copies, is_tidied):
        self.copies = copies
        # Whether the plan says what to drop by hand before the next try.
        self.is_tidied = is_tidied
        self.count = 0
        self.invalid = 0
        self.wrong = []

    def of_step(self, name, act, statements, wanted):
        """`act` is the step; `wanted` what it comes to when nobody kills it."""
        for number in chosen(len(statements)):
            self.kill(f"{name}, after statement {number}", act, wanted, number, is_amid=False)
        for number, sql in enumerate(statements, 1):
            if CONCURRENT.match(sql):
                self.kill(f"{name}, amid statement {number}", act, wanted, number, is_amid=True)

    def kill(self, place, act, wanted, number, is_amid):
        connection = self.copies.connection
        self.count += 1
        with self.copies.on_trial():
            before = catalog.indexes(connection)
            killer = Killer(self.copies, number, is_amid)
            try:
                with connection.execute_wrapper(killer):
                    act()
                self.wrong.append(f"{place}: it was not reached")
                return
            except Killed:
                connection.close()
            connection.connect()
            after = catalog.indexes(connection)
            self.invalid += list(after.values()).count(False)
            self.run_again(place, act, wanted, after.keys() - before.keys())

    def run_again(self, place, act, wanted, left):
        from django.db.utils import Error

        try:
            try:
                act()
            except Error:
                if not self.is_tidied:
                    raise
                self.tidy(left)
                act()
        except Exception as error:
            self.wrong.append(f"{place}: the second run fails: {type(error).__name__}: {error}".strip())
            return
        found = catalog.schema_and_migrations(self.copies.connection)
        if sorted(found) != sorted(wanted):
            self.wrong.append("\n".join([f"{place}:", *catalog.differences(wanted, found)]))

    def tidy(self, left):
        with self.copies.connection.cursor() as cursor:
            for name in left:
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


def chosen(count):
    """Numbers of statements, from 1."""
    numbers = list(range(1, count + 1))
    if count <= MOST:
        return numbers
    part = MOST // 3
    between = numbers[part:-part]
    return numbers[:part] + between[:: max(1, len(between) // part)][:part] + numbers[-part:]
