"""Somebody holds a transaction open while a step runs: who has to wait behind the step? By pg_locks, and by no clock."""

import re
import threading
import time

import catalog

ELSEWHERE = "elsewhere.held"
# What a plan's `SET LOCAL lock_timeout` becomes here: long enough to look, short enough for a thousand of them.
TIMEOUT = "400ms"
GAVE_UP = "55P03"
# A step that is not done by then never will be.
PATIENCE = 20
WAITS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
BEHIND = "SELECT %s = ANY (pg_blocking_pids(%s))"
PROBES = ('SELECT FROM "{}" LIMIT 1', 'INSERT INTO "{}" DEFAULT VALUES')
# A reader whose snapshot stays, as that of pg_dump does, and a writer who has changed a row.
HOLDERS = {
    "reader": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM {0} LIMIT 1",
    "writer": "UPDATE {0} SET {1} = {1} WHERE ctid = (SELECT ctid FROM {0} LIMIT 1)",
}
OUTCOMES = ("free", "alone", "gave up", "blocked")
A_COLUMN = """
    SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attidentity <> 'a' ORDER BY attnum DESC LIMIT 1"""


class ShortTimeouts:
    """The statements of a plan, with a shorter timeout; whether there was one."""

    def __init__(self):
        self.is_set = False

    def __call__(self, execute, sql, params, many, context):
        if str(sql).startswith("SET LOCAL lock_timeout"):
            self.is_set = True
            sql = f"SET LOCAL lock_timeout = '{TIMEOUT}'"
        return execute(sql, params, many, context)


class Waits:
    """Of all steps of a plan, or of the original migration: how often each outcome was seen, and what must not be."""

    def __init__(self, copies):
        self.copies = copies
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.wrong = []

    def of_step(self, name, act, statements, wanted=None):
        """`wanted` is what the step comes to; None of the original, which rows may stop."""
        named = [table for sql in statements for table in re.findall(r'"([^"]+)"', sql)]
        existing = catalog.tables(self.copies.connection)
        tables = [table for table in dict.fromkeys(named) if table in existing]
        for table in [*tables[:2], ELSEWHERE] if tables else []:
            for holder, sql in HOLDERS.items():
                outcome, error = self.try_with(table, sql, tables[:2], act, wanted)
                self.counts[outcome] += 1
                if wanted is not None and (outcome == "blocked" or error):
                    self.wrong.append(f"{name}, {holder} on {table}: {outcome}; {error}")

    def try_with(self, table, hold, probed, act, wanted):
        from django.db.utils import Error

        connection = self.copies.connection
        with self.copies.on_trial():
            with self.copies.session() as session:
                self.hold(session, table, hold)
                timeouts = ShortTimeouts()
                watcher = Watcher(self.copies, session, probed, timeouts)
                watcher.start()
                error = None
                try:
                    with connection.execute_wrapper(timeouts):
                        act()
                except Error as raised:
                    error = raised
                watcher.end()
                session.rollback()
            return watcher.outcome, self.judge(error, watcher.outcome, act, wanted)

    def hold(self, session, table, sql):
        with self.copies.session(autocommit=True) as other:
            other.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.held (id integer); INSERT INTO elsewhere.held VALUES (1)")
        name = table if table == ELSEWHERE else f'"{table}"'
        [column] = session.execute(A_COLUMN, [name]).fetchone()
        session.rollback()
        session.execute(sql.format(name, f'"{column}"'))

    def judge(self, error, outcome, act, wanted):
        """What is wrong with it, if anything: who gave up comes to its end with the next run."""
        if wanted is None:
            return None
        sqlstate = getattr(getattr(error, "__cause__", None), "sqlstate", None)
        if error and not (sqlstate == GAVE_UP and outcome == "gave up"):
            return str(error)
        if error:
            try:
                act()
            except Exception as again:
                return f"the next run fails: {again}"
        found = catalog.schema_and_migrations(self.copies.connection)
        return None if sorted(found) == sorted(wanted) else "\n".join(catalog.differences(wanted, found))


class Watcher:
    """Looks on while the step runs, and asks something of its tables as soon as it waits."""

    def __init__(self, copies, session, probed, timeouts):
        self.copies = copies
        self.session = session
        self.timeouts = timeouts
        self.probes = [sql.format(table) for table in probed for sql in PROBES]
        self.outcome = "free"
        self.is_done = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def start(self):
        self.thread.start()

    def end(self):
        self.is_done.set()
        self.thread.join()

    def watch(self):
        with self.copies.session(autocommit=True) as monitor:
            pid = self.copies.pid
            while not self.is_done.is_set():
                if monitor.execute(WAITS, [pid]).fetchone()[0]:
                    self.ask(monitor, pid)
                    return
                time.sleep(0.003)

    def ask(self, monitor, pid):
        """All at once: the first one that has to wait tells enough."""
        probes = [Probe(self.copies, sql) for sql in self.probes]
        if not any([probe.is_behind(monitor, pid) for probe in probes]):
            self.outcome = "alone"
        elif self.timeouts.is_set and self.is_done.wait(PATIENCE):
            # The holder is still there: only the step's end lets them through.
            self.outcome = "gave up" if all(probe.comes_through() for probe in probes) else "blocked"
        else:
            self.outcome = "blocked"
        self.session.rollback()
        for probe in probes:
            probe.close()


class Probe:
    """A statement of an application, in a session of its own."""

    def __init__(self, copies, sql):
        self.session = copies.session()
        self.sql = sql
        self.pid = self.session.info.backend_pid
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        import psycopg

        try:
            self.session.execute(self.sql)
        except psycopg.Error:
            # What it would write may be wrong; nothing kept it waiting for that.
            pass
        finally:
            self.session.rollback()

    def is_behind(self, monitor, pid):
        while self.thread.is_alive():
            if monitor.execute(BEHIND, [pid, self.pid]).fetchone()[0]:
                return True
            time.sleep(0.003)
        return False

    def comes_through(self):
        self.thread.join(PATIENCE)
        return not self.thread.is_alive()

    def close(self):
        self.thread.join()
        self.session.close()
