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
# Modes that queries wait for.
BLOCKING = ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
# Rows that a statement may look up by their key: no scan, the cost does not grow with the table.
LOOKED_UP = 10
# Refused because there is a transaction, to a command or to the COMMIT of a body. What is refused without one shows it in its first word.
WITHIN_TRANSACTION = ("25001", "2D000")
NEEDS_TRANSACTION = re.compile(r"\s*(LOCK|SAVEPOINT|DECLARE)\b", re.IGNORECASE)

RELATIONS = """
    SELECT c.oid, c.relname, c.relkind, pg_relation_filenode(c.oid), i.indrelid, pg_relation_size(coalesce(i.indrelid, c.oid)),
        (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attidentity <> 'a'
            AND attgenerated = '' ORDER BY attnum DESC LIMIT 1)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'i', 'I', 'S', 'v', 'm') ORDER BY c.oid"""
LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = %s AND locktype = 'relation'"
WAITS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
READ_SO_FAR = "SELECT relid, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
READ_EVER = "SELECT relid, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
STATISTICS_INTERVAL = 0.55
FOREIGN_KEYS = "SELECT conname, conrelid FROM pg_constraint WHERE contype = 'f'"
READS_OF_MARKER = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE schemaname = 'marked'"

# What the server tells at level DEBUG1 of its work on rows; with names of relations in quotes.
WORK_TOLD = re.compile(r"(verifying|rewriting|validating|building index|existing constraints|partition constraint) ")
# What an application sends while a migration runs. Nothing that is waited for longer than this is anything but a lock.
PATIENCE = "10ms"
TRIED_ON_TABLES = {
    "select": 'SELECT FROM "{}" WHERE false',
    "select-for-update": 'SELECT FROM "{}" WHERE false FOR UPDATE',
    "insert": 'INSERT INTO "{}" DEFAULT VALUES',
    "update": 'UPDATE "{}" SET "{}" = NULL WHERE false',
    "delete": 'DELETE FROM "{}" WHERE false',
}
TRIED_ON_VIEWS = ["select"]
LOCK_TIMEOUT = "55P03"


class Relation:
    def __init__(self, name, kind, file, table, table_size, column):
        self.name = name
        self.kind = kind
        self.file = file
        # Of an index: the table it belongs to.
        self.table = table
        self.has_rows = bool(table_size)
        # One that can be updated.
        self.column = column


class Effects:
    """One session runs statements (Django's own), another looks on, a third is the application that goes on working."""

    def __init__(self, session, server):
        self.session = session
        self.server = server
        self.monitor = self.connect(autocommit=True)
        self.application = self.connect(autocommit=True)
        self.application.execute(f"SET lock_timeout = '{PATIENCE}'")
        self.told = []
        self.marks = 0
        self.session.execute("SET client_min_messages = debug1")
        self.session.add_notice_handler(lambda notice: self.told.append(notice.message_primary))
        # Not in `public`, where the fixture's own tables are.
        self.monitor.execute("CREATE SCHEMA marked; CREATE TABLE marked.marker ()")

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
            if place == "alone" and error.sqlstate in WITHIN_TRANSACTION:
                return self.held_up(sql, known)
            return {"error": describe(error)}

    def as_named_now(self, existing):
        """An earlier statement of the migration may have renamed them."""
        now = self.relations()
        return {oid: now.get(oid, relation) for oid, relation in existing.items()}

    def perform(self, sql, existing, place, rows):
        """The same, but what is refused here is run where it is not: Django believes that it ran.

        Also returns whether it is refused even there.
        """
        effects = self.of(sql, existing, place)
        is_refused = False
        if "error" in effects and "error" in self.of(sql, existing, "alone"):
            rows.remove()
            is_refused = "error" in self.of(sql, existing, "alone")
            rows.fill()
        return effects, is_refused

    def amid(self, sql, existing, committed):
        """Runs it in the transaction that is open: what that holds already, and who waits where that keeps anybody waiting.

        Others see `committed`: the relations as they were when the transaction began.
        """
        known = self.as_named_now(existing)
        held = strongest_locks(self.locks(), known)
        holds = without(OF_EVERY_QUERY[:1], of_kinds(held, TABLES + VIEWS + SEQUENCES))
        holds |= without(OF_EVERY_QUERY, of_kinds(held, INDEXES))
        self.session.execute(sql)
        if not any(mode in BLOCKING for mode in holds.values()):
            return {"holds": holds} if holds else {}
        return {"holds": holds, "waits_amid": table_by_table(self.waits(self.locks(), known, committed))}

    def in_transaction(self, sql, known):
        """Locks last until the end of their transaction, and so do the counts of what it read: look before that."""
        with self.session.transaction():
            files, reads = self.relations(), self.counts(READ_SO_FAR)
            self.told.clear()
            self.session.execute(sql)
            told = [*self.told]
            files_after, reads_after = self.relations(), self.counts(READ_SO_FAR)
            locks = self.locks()
            waits = self.waits(locks, known)
        return self.seen(known, locks, waits, told, (files, files_after), (reads, reads_after))

    def held_up(self, sql, known):
        """Outside of a transaction locks are gone at the end, and some are taken only after others have been given back.

        Somebody on each table makes the statement wait wherever it can be made to. One after the other leaves, and each
        time we look at what the statement holds and what it waits for.
        """
        files, reads = self.relations(), self.committed_reads()
        errors, locks, waits = [], [], {}
        self.told.clear()
        runner = threading.Thread(target=self.run_and_keep_error, args=(sql, errors))
        tables = [relation.name for relation in known.values() if relation.kind in TABLES]
        # An open transaction that has changed the schema, then one that has written rows.
        modes = ("SHARE UPDATE EXCLUSIVE", "ROW EXCLUSIVE")
        in_the_way = [self.session_with_lock(table, mode) for mode in modes for table in tables]
        runner.start()
        for session in in_the_way:
            self.wait_until_it_waits(runner)
            held = self.locks()
            locks += held
            for table, commands in self.waits(held, known).items():
                waits[table] = waits.get(table, []) + commands
            session.rollback()
            session.close()
        runner.join()
        told = [*self.told]
        if errors:
            return {"error": errors[0]}
        return self.seen(known, locks, waits, told, (files, self.relations()), (reads, self.committed_reads()))

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

    def waits(self, locks, known, committed=None):
        """Which commands of an application wait for these locks, by the table that they are sent to."""
        committed = committed or known
        if not any(oid in known for oid, _ in locks):
            return {}
        found = {}
        for oid, relation in known.items():
            if relation.kind in TABLES + VIEWS:
                commands = TRIED_ON_TABLES if relation.kind in TABLES else TRIED_ON_VIEWS
                found[relation.name] = [command for command in commands if self.has_to_wait(command, committed[oid])]
        return found

    def has_to_wait(self, command, relation):
        sql = TRIED_ON_TABLES[command].format(relation.name, relation.column)
        try:
            self.application.execute(f"BEGIN; {sql}; ROLLBACK")
        except psycopg.Error as error:
            self.application.execute("ROLLBACK")
            # It may also fail for what it would write, but then nothing kept it waiting.
            return error.sqlstate == LOCK_TIMEOUT
        return False

    def seen(self, known, locks, waits, told, files, reads):
        strongest = strongest_locks(locks, known)
        effects = {
            "locks": of_kinds(strongest, TABLES + VIEWS),
            "indexes": without(OF_EVERY_QUERY, of_kinds(strongest, INDEXES)),
            "sequences": without(OF_EVERY_QUERY[:1], of_kinds(strongest, SEQUENCES)),
            "scans": scanned(known, *reads),
            "rewrites": rewritten(known, *files),
            "builds": built(known, *files),
            "waits": table_by_table(waits),
            "told": self.work_told(told, known, files[1]),
        }
        return {what: seen for what, seen in effects.items() if seen}

    def work_told(self, messages, known, after):
        """Messages about what existed before and has rows."""
        tables = {relation.name for oid, relation in known.items() if oid not in after or after[oid].has_rows}
        keys = {name for name, table in self.session.execute(FOREIGN_KEYS).fetchall() if table in known}
        found = []
        for message in filter(WORK_TOLD.match, messages):
            # Of a column the name stands behind its table's; of an index its table's is the second one.
            names = [name.partition(".")[0] for name in re.findall('"([^"]*)"', message)]
            if names[-1] in tables or names[0] in tables | keys:
                found.append(message.replace('"', ""))
        return found

    # Looking

    @property
    def pid(self):
        return self.session.info.backend_pid

    def server_version(self):
        return self.session.execute("SHOW server_version").fetchone()[0].split()[0]

    def time_zone(self):
        return self.session.execute("SHOW TimeZone").fetchone()[0]

    def relations(self):
        return {oid: Relation(*columns) for oid, *columns in self.session.execute(RELATIONS).fetchall()}

    def counts(self, query):
        return dict(self.session.execute(query).fetchall())

    def committed_reads(self):
        """A session hands its counts over now and then; here, at once."""
        if self.session.info.server_version >= 150000:
            self.session.execute("SELECT pg_stat_force_next_flush()")
        else:
            self.wait_until_counts_arrive()
        return self.counts(READ_EVER)

    def wait_until_counts_arrive(self):
        """Before PostgreSQL 15 they went to another process, twice a second at most: a last one of ours ends the row."""
        has_arrived = False
        while not has_arrived:
            time.sleep(STATISTICS_INTERVAL)
            self.session.execute("SELECT FROM marked.marker")
            self.marks += 1
            deadline = time.monotonic() + 2 * STATISTICS_INTERVAL
            while not (has_arrived := self.marks_arrived() == self.marks) and time.monotonic() < deadline:
                time.sleep(0.05)

    def marks_arrived(self):
        return self.monitor.execute(READS_OF_MARKER).fetchone()[0]

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


def table_by_table(waits):
    return {table: in_few_words(commands) for table, commands in sorted(waits.items()) if commands}


def in_few_words(commands):
    """Most locks keep everybody waiting, or those who write."""
    found = [command for command in TRIED_ON_TABLES if command in commands]
    short = {tuple(TRIED_ON_TABLES): "all", ("insert", "update", "delete"): "writes"}
    return short.get(tuple(found), " ".join(found))


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
