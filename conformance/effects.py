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
TABLES, WITH_ROWS, VIEWS, INDEXES, SEQUENCES = "rp", "rpm", "vm", "iI", "S"
# What every query takes on an index it reads; nobody waits for it but those who drop or rebuild the index.
OF_EVERY_QUERY = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE")
# Rows that a statement may look up by their key: no scan, the cost does not grow with the table.
LOOKED_UP = 10
# Refused because there is a transaction. What is refused without one shows it in its first word.
ACTIVE_TRANSACTION = "25001"
NEEDS_TRANSACTION = re.compile(r"\s*(LOCK|SAVEPOINT|DECLARE)\b", re.IGNORECASE)

RELATIONS = """
    SELECT c.oid, c.relname, c.relkind, pg_relation_filenode(c.oid), i.indrelid, pg_relation_size(coalesce(i.indrelid, c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'i', 'I', 'S', 'v', 'm') ORDER BY c.oid"""
LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = %s AND locktype = 'relation'"
WAITS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
READ_SO_FAR = "SELECT relid, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
READ_EVER = "SELECT relid, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"


class Relation:
    def __init__(self, name, kind, file, table, table_size):
        self.name = name
        self.kind = kind
        self.file = file
        # Of an index: the table it belongs to.
        self.table = table
        self.has_rows = bool(table_size)


class Effects:
    """One session runs statements (Django's own), another looks on."""

    def __init__(self, session, server):
        self.session = session
        self.server = server
        self.monitor = self.connect(autocommit=True)

    def connect(self, **options):
        return psycopg.connect(**self.server, **options)

    def of(self, sql, existing, place):
        """What it does to relations that existed before the migration; or the error, and nothing has happened.

        `place` is "alone" where no transaction is open when Django sends it, else "in transaction".
        """
        known = self.as_named_now(existing)
        try:
            if place == "alone" and NEEDS_TRANSACTION.match(sql):
                self.session.execute(sql)
            return self.in_transaction(sql, known)
        except psycopg.Error as error:
            if place == "alone" and error.sqlstate == ACTIVE_TRANSACTION:
                return self.held_up(sql, known)
            return {"error": describe(error)}

    def as_named_now(self, existing):
        """An earlier statement of the migration may have renamed them."""
        now = self.relations()
        return {oid: now.get(oid, relation) for oid, relation in existing.items()}

    def in_transaction(self, sql, known):
        """Locks last until the end of their transaction, and so do the counts of what it read: look before that."""
        with self.session.transaction():
            files, reads = self.relations(), self.counts(READ_SO_FAR)
            self.session.execute(sql)
            files_after, reads_after = self.relations(), self.counts(READ_SO_FAR)
            locks = self.locks()
        return self.seen(known, locks, (files, files_after), (reads, reads_after))

    def held_up(self, sql, known):
        """Outside of a transaction locks are gone at the end, and some are taken only after others have been given back.

        Somebody on each table makes the statement wait wherever it can be made to. One after the other leaves, and each
        time we look at what the statement holds and what it waits for.
        """
        files, reads = self.relations(), self.committed_reads()
        errors, locks = [], []
        runner = threading.Thread(target=self.run_and_keep_error, args=(sql, errors))
        tables = [relation.name for relation in known.values() if relation.kind in TABLES]
        # An open transaction that has changed the schema, then one that has written rows.
        modes = ("SHARE UPDATE EXCLUSIVE", "ROW EXCLUSIVE")
        in_the_way = [self.session_with_lock(table, mode) for mode in modes for table in tables]
        runner.start()
        for session in in_the_way:
            self.wait_until_it_waits(runner)
            locks += self.locks()
            session.rollback()
            session.close()
        runner.join()
        if errors:
            return {"error": errors[0]}
        return self.seen(known, locks, (files, self.relations()), (reads, self.committed_reads()))

    def session_with_lock(self, table, mode):
        session = self.connect()
        session.execute(f'LOCK TABLE ONLY "{table}" IN {mode} MODE')
        return session

    def run_and_keep_error(self, sql, errors):
        try:
            self.session.execute(sql)
        except psycopg.Error as error:
            errors.append(describe(error))

    def wait_until_it_waits(self, runner):
        deadline = time.monotonic() + 10
        while runner.is_alive() and time.monotonic() < deadline:
            if self.monitor.execute(WAITS, [self.pid]).fetchone()[0]:
                return
            time.sleep(0.01)

    def seen(self, known, locks, files, reads):
        strongest = strongest_locks(locks, known)
        effects = {
            "locks": of_kinds(strongest, TABLES + VIEWS),
            "indexes": without(OF_EVERY_QUERY, of_kinds(strongest, INDEXES)),
            "sequences": without(OF_EVERY_QUERY[:1], of_kinds(strongest, SEQUENCES)),
            "scans": scanned(known, *reads),
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
        return {oid: Relation(*columns) for oid, *columns in self.session.execute(RELATIONS).fetchall()}

    def counts(self, query):
        return dict(self.session.execute(query).fetchall())

    def committed_reads(self):
        """A session hands its counts over now and then; here, at once."""
        self.session.execute("SELECT pg_stat_force_next_flush()")
        return self.counts(READ_EVER)

    def locks(self):
        return self.monitor.execute(LOCKS, [self.pid]).fetchall()

    def table_locks(self, known):
        return of_kinds(strongest_locks(self.locks(), known), TABLES)


def describe(error):
    return f"{error.sqlstate} {str(error).splitlines()[0]}"


def strongest_locks(locks, known):
    """The strongest mode on each relation, with the relation's kind."""
    strongest = {}
    for oid, mode in sorted(locks, key=lambda lock: LOCK_MODES.index(lock[1])):
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
    """Tables of which the server has counted rows read, through an index or not, whatever it was for."""
    return sorted(
        relation.name
        for oid, relation in known.items()
        if relation.kind in WITH_ROWS and after.get(oid, 0) - before.get(oid, 0) > LOOKED_UP
    )


def rewritten(known, before, after):
    """Tables with a new file that has rows in it: TRUNCATE writes none."""
    return sorted(
        relation.name
        for oid, relation in known.items()
        if relation.kind in WITH_ROWS and oid in after and after[oid].has_rows and before[oid].file != after[oid].file
    )


def built(known, before, after):
    """Indexes with a new file, of tables that existed. A statement may give a new index the file of an old one."""
    files = {relation.file for relation in before.values()}
    return sorted(
        relation.name
        for relation in after.values()
        if relation.kind in INDEXES and relation.table in known and relation.has_rows and relation.file not in files
    )
