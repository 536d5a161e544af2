"""Which statements are worth recording, and which are only Django looking around."""

import re

# Sent by Django around or between statements, or by operations that look something up.
NOT_DDL = ("SELECT", "WITH", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "DECLARE", "FETCH", "CLOSE")

WORKS_ON_ROWS = ("SELECT", "WITH", "VALUES", "TABLE ", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "SHOW", "EXPLAIN")


def works_on_rows(sql):
    """Whether it only reads or writes rows. Of what Python runs such statements hang on the rows that there are."""
    return str(sql).lstrip(" \n\t(").upper().startswith(WORKS_ON_ROWS)


def changes_something(sql):
    return not str(sql).lstrip(" \n\t(").upper().startswith(NOT_DDL)


def as_psycopg3_writes(sql):
    """What psycopg2 composed: it has a `T` in moments, and casts no JSON."""
    sql = re.sub(r"'(\d{4}-\d\d-\d\d)T(\d\d:\d\d:)", r"'\1 \2", sql)
    return re.sub(r"(jsonb DEFAULT '(?:[^']|'')*')(?!::)", r"\1::jsonb", sql)
