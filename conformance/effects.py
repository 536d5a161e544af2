"""What one statement locks, reads, rewrites and builds, as the server shows it."""

import re
import threading
import time

import psycopg

# From the weakest to the strongest.
LOCK_MODES = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
]
# Kinds of relation, in the letters of pg_class.
TABLES, VIEWS, INDEXES, SEQUENCES = "rp", "vm", "iI", "S"
# What every query takes on an index it reads; nobody waits for it but those who drop or rebuild the index.
OF_EVERY_QUERY = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE")

RELATIONS = """
    SELECT c.oid, c.relname, c.relkind, pg_relation_filenode(c.oid), i.indrelid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'i', 'I', 'S', 'v', 'm')"""
LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = %s AND locktype = 'relation' AND granted"
WAITS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
SCANS_SO_FAR = "SELECT relid, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
# A query that finds its rows by an index reads no table whole; a check of foreign keys does, whatever its plan.
QUERY = r"\s*(SELECT|INSERT|UPDATE|DELETE)\b"
SEQUENTIAL_SCANS_SO_FAR = "SELECT relid, seq_scan FROM pg_stat_xact_user_tables"
SCANS_EVER = "SELECT relid, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables"


class Relation:
    def __init__(self, name, kind, file, table):
        self.name = name
        self.kind = kind
        self.file = file
        # Of an index: the table it belongs to.
        self.table = table


class Effects:
    """Three sessions: one runs statements (Django's own), one looks on, one stands in the way of CONCURRENTLY."""

    def __init__(self, session, server):
        self.session = session
        self.monitor = psycopg.connect(**server, autocommit=True)
        self.writer = psycopg.connect(**server, autocommit=True)

    def of(self, sql, existing):
        """What it does to relations that existed before the migration; or the error, and nothing has happened."""
        known = self.as_named_now(existing)
        try:
            # Of all that is done concurrently, a refresh alone may be part of a transaction.
            if re.search(r"\bCONCURRENTLY\b", sql) and not re.match(r"\s*REFRESH\b", sql):
                return self.held_up(sql, known)
            return self.in_transaction(sql, known)
        except psycopg.Error as error:
            return {"error": f"{error.sqlstate} {str(error).splitlines()[0]}"}

    def as_named_now(self, existing):
        """An earlier statement of the migration may have renamed them."""
        now = self.relations()
        return {oid: now.get(oid, relation) for oid, relation in existing.items()}

    def in_transaction(self, sql, known):
        """Locks last until the end of their transaction, and so do the counts of what it read: look before that."""
        with self.session.transaction():
            counts = SEQUENTIAL_SCANS_SO_FAR if re.match(QUERY, sql) else SCANS_SO_FAR
            files, scans = self.relations(), self.counts(counts)
            self.session.execute(sql)
            files_after, scans_after = self.relations(), self.counts(counts)
            locks = self.locks(known)
        return self.seen(known, locks, (files, files_after), (scans, scans_after))

    def held_up(self, sql, known):
        """Outside of a transaction locks are gone at the end: an open writer makes the statement wait, locks in hand."""
        files, scans = self.relations(), self.committed_scans()
        errors = []
        runner = threading.Thread(target=self.run_and_keep_error, args=(sql, errors))
        with self.writer.transaction():
            for relation in known.values():
                if relation.kind in TABLES:
                    self.writer.execute(f'LOCK TABLE "{relation.name}" IN ROW EXCLUSIVE MODE')
            runner.start()
            self.wait_until_it_waits(runner)
            locks = self.locks(known)
        runner.join()
        if errors:
            raise errors[0]
        return self.seen(known, locks, (files, self.relations()), (scans, self.committed_scans()))

    def run_and_keep_error(self, sql, errors):
        try:
            self.session.execute(sql)
        except psycopg.Error as error:
            errors.append(error)

    def wait_until_it_waits(self, runner):
        deadline = time.monotonic() + 10
        while runner.is_alive() and time.monotonic() < deadline:
            if self.monitor.execute(WAITS, [self.pid]).fetchone()[0]:
                return
            time.sleep(0.01)

    def seen(self, known, locks, files, scans):
        effects = {
            "locks": of_kinds(locks, TABLES + VIEWS),
            "indexes": without(OF_EVERY_QUERY, of_kinds(locks, INDEXES)),
            "sequences": without(OF_EVERY_QUERY[:1], of_kinds(locks, SEQUENCES)),
            "scans": scanned(known, *scans),
            "rewrites": rewritten(known, *files),
            "builds": built(known, *files),
        }
        return {what: seen for what, seen in effects.items() if seen}

    # Looking

    @property
    def pid(self):
        return self.session.info.backend_pid

    def server_version(self):
        return self.session.execute("SHOW server_version").fetchone()[0].split()[0]

    def relations(self):
        rows = self.session.execute(RELATIONS).fetchall()
        return {oid: Relation(name, kind, file, table) for oid, name, kind, file, table in rows}

    def counts(self, query):
        return dict(self.session.execute(query).fetchall())

    def committed_scans(self):
        """A session hands its counts over now and then; here, at once."""
        self.session.execute("SELECT pg_stat_force_next_flush()")
        return self.counts(SCANS_EVER)

    def table_locks(self, known):
        return of_kinds(self.locks(known), TABLES)

    def locks(self, known):
        """The strongest mode in which the session holds each relation, with the relation's kind."""
        rows = self.monitor.execute(LOCKS, [self.pid]).fetchall()
        strongest = {}
        for oid, mode in sorted(rows, key=lambda row: LOCK_MODES.index(row[1])):
            if oid in known:
                strongest[known[oid].name] = (mode_name(mode), known[oid].kind)
        return strongest


def mode_name(mode):
    """ShareRowExclusiveLock is SHARE ROW EXCLUSIVE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper()


def of_kinds(locks, kinds):
    return {name: mode for name, (mode, kind) in sorted(locks.items()) if kind in kinds}


def without(modes, locks):
    return {name: mode for name, mode in locks.items() if mode not in modes}


def scanned(known, before, after):
    """The tables of which the server has counted a scan, of the table or of an index, whatever it was for."""
    return sorted(
        relation.name
        for oid, relation in known.items()
        if relation.kind in TABLES and after.get(oid, 0) > before.get(oid, 0)
    )


def rewritten(known, before, after):
    return sorted(
        relation.name
        for oid, relation in known.items()
        if relation.kind in TABLES + "m" and oid in before and oid in after and before[oid].file != after[oid].file
    )


def built(known, before, after):
    """Indexes with a new file, of tables that existed. Renaming an index, or keeping its file under a new one, builds nothing."""
    files = {relation.file for relation in before.values()}
    return sorted(
        relation.name
        for relation in after.values()
        if relation.kind in INDEXES and relation.table in known and relation.file not in files
    )
