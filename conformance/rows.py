"""A thousand rows in every table, so that work on rows shows."""

import re
import tomllib

COUNT = 1000
DIGITS = "'0123456789abcdefghijklmnopqrstuvwxyz'"
# No longer than two characters: it must fit everywhere.
CODE = f"substr({DIGITS}, (g / 36 + 1)::int, 1) || substr({DIGITS}, (g % 36 + 1)::int, 1)"
HOUR = "'2024-01-01'::timestamptz + g * interval '1 hour'"
# For each type an expression over the number of the row, g. Where it can, it differs from row to row: columns may be unique.
VALUES = [
    (r"^(smallint|integer|bigint)$", "g"),
    (r"^(numeric|real|double)", "(g % 90) + 0.5"),
    (r"^character( varying)?\(1\)$", f"substr({DIGITS}, (g % 36 + 1)::int, 1)"),
    (r"^(character varying|character|text|citext)(\(\d+\))?$", CODE),
    (r"^tsvector$", "to_tsvector('simple', g::text)"),
    (r"^boolean$", "g % 2 = 0"),
    (r"^uuid$", "md5(g::text)::uuid"),
    (r"^jsonb?$", "'{}'"),
    (r"^bytea$", r"'\x00'"),
    (r"^ltree$", "'a.b'"),
    (r"^timestamp", HOUR),
    (r"^date$", "'2024-01-01'::date + g::int"),
    (r"^time ", "'10:00'"),
    (r"^interval", "'1 hour'"),
    (r"^tstzrange$", f"tstzrange({HOUR}, {HOUR} + interval '20 minutes')"),
    (r"^inet$", "'10.0.0.1'"),
    (r"\[\]$", "'{}'"),
]

# Rows that have nothing get one each of the values that no row has.
FREE = """
    WITH free AS (
        SELECT possible, row_number() OVER (ORDER BY first) AS n
        FROM (SELECT ({value})::{kind}::text AS possible, min(g) AS first FROM generate_series(1, 1296) AS g GROUP BY 1) AS values
        WHERE possible NOT IN (SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL)
    ), gaps AS (SELECT ctid AS place, row_number() OVER () AS n FROM "{table}" WHERE "{column}" IS NULL)
    UPDATE "{table}" SET "{column}" = possible::{kind} FROM gaps JOIN free USING (n) WHERE "{table}".ctid = place"""

TABLES = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r'"""
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), pg_get_serial_sequence(attrelid::regclass::text, attname) IS NOT NULL, attnotnull
    FROM pg_attribute
    WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


class Rows:
    def __init__(self, session, fixture):
        self.session = session
        # Where a check wants more than any value of the type: `"table.column" = "expression over g"`.
        path = fixture / "rows.toml"
        self.special = tomllib.loads(path.read_text()) if path.exists() else {}

    def fill(self):
        # As a replica, the server asks no trigger: foreign keys need not be met in order.
        self.session.execute("SET session_replication_role = replica")
        for oid, table in self.session.execute(TABLES).fetchall():
            columns = self.session.execute(COLUMNS, [oid]).fetchall()
            if self.session.execute(f'SELECT FROM "{table}" LIMIT 1').fetchone() is None:
                self.insert(table, columns)
            else:
                self.fill_nulls(table, columns)
            # Plans depend on it.
            self.session.execute(f'ANALYZE "{table}"')
        self.session.execute("SET session_replication_role = origin")

    def remove(self):
        tables = ", ".join(f'"{table}"' for _, table in self.session.execute(TABLES).fetchall())
        # A server that is too old for the fixture's first migration has none.
        if tables:
            self.session.execute(f"TRUNCATE {tables} CASCADE")

    def insert(self, table, columns):
        names = ", ".join(f'"{name}"' for name, *_ in columns)
        values = ", ".join(self.value(table, name, kind) for name, kind, *_ in columns)
        source = f"generate_series(1, {COUNT}) AS g"
        self.session.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {source}')
        for name, _, is_numbered, _ in columns:
            if is_numbered:
                sequence = "pg_get_serial_sequence(%s, %s)"
                self.session.execute(f"SELECT setval({sequence}, {COUNT})", [f'"{table}"', name])

    def fill_nulls(self, table, columns):
        """Columns added since: empty ones would prove too much."""
        for name, kind, _, is_not_null in columns:
            if is_not_null:
                continue
            numbered = f'SELECT ctid AS place, row_number() OVER () AS g FROM "{table}"'
            self.session.execute(
                f'UPDATE "{table}" SET "{name}" = {self.value(table, name, kind)} FROM ({numbered}) AS rows'
                f' WHERE "{table}".ctid = rows.place AND "{name}" IS NULL'
            )

    def fill_with_free_values(self):
        """Columns may be unique."""
        for oid, table in self.session.execute(TABLES).fetchall():
            for name, kind, _, is_not_null in self.session.execute(COLUMNS, [oid]).fetchall():
                if not is_not_null:
                    value = self.value(table, name, kind)
                    self.session.execute(FREE.format(table=table, column=name, kind=kind, value=value))

    def value(self, table, column, kind):
        if special := self.special.get(f"{table}.{column}"):
            return special
        for pattern, expression in VALUES:
            if re.search(pattern, kind):
                return expression
        raise SystemExit(f"rows.py knows no value for {table}.{column} of type {kind}")
