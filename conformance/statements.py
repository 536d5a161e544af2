"""Which statements are worth recording, and which are only Django looking around."""

# Sent by Django around or between statements, or by operations that look something up.
NOT_DDL = ("SELECT", "WITH", "SHOW", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "DECLARE", "FETCH", "CLOSE")


def changes_something(sql):
    return not str(sql).lstrip(" \n\t(").upper().startswith(NOT_DDL)
