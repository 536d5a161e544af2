"""What a database has, object by object, as lines of text."""

TABLES = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')"
COLUMNS = """
    SELECT c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' not null' ELSE '' END || CASE WHEN attidentity <> '' THEN ' identity' ELSE '' END
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') || coalesce(' collate ' || nullif(attcollation, 0)::regcollation, '')
        || coalesce(' comment ' || col_description(attrelid, attnum), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped"""
CONSTRAINTS = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0"""
INDEXES = """
    SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace"""
SEQUENCES = """
    SELECT s.relname || ' ' || format_type(seqtypid, NULL) || ' of ' || c.relname || '.' || attname
    FROM pg_sequence JOIN pg_class s ON s.oid = seqrelid
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND objid = s.oid AND d.refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
    JOIN pg_class c ON c.oid = refobjid JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE s.relnamespace = 'public'::regnamespace"""
COUNTED = """
    SELECT attrelid::regclass::text, attname, pg_get_serial_sequence(attrelid::regclass::text, attname) FROM pg_attribute
    JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0
        AND NOT attisdropped AND pg_get_serial_sequence(attrelid::regclass::text, attname) IS NOT NULL"""
INDEX_NAMES = """
    SELECT relname, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND relkind = 'i'"""
APPLIED = "SELECT app || '.' || name FROM django_migrations"
FILLABLE = """
    SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
DJANGOS_OWN = "django_migrations"


def schema(connection):
    """Tables and views, columns, constraints, indexes, sequences; valid ones alone are like those of others."""
    lines = []
    for query in (TABLES, COLUMNS, CONSTRAINTS, INDEXES, SEQUENCES):
        lines += sorted(line for (line,) in rows_of(connection, query) if DJANGOS_OWN not in line)
    return lines


def schema_and_migrations(connection):
    """With the migrations that Django takes for done."""
    return schema(connection) + sorted(line for (line,) in rows_of(connection, APPLIED))


def indexes(connection):
    """Whether each is valid."""
    return dict(rows_of(connection, INDEX_NAMES))


def behind(connection):
    """Columns that would get a number next that is taken."""
    found = set()
    for table, column, sequence in rows_of(connection, COUNTED):
        query = f'SELECT (SELECT last_value FROM {sequence}) < (SELECT max("{column}") FROM {table})'
        if rows_of(connection, query) == [(True,)]:
            found.add(f"{table}.{column}")
    return found


def tables(connection):
    """Those of the project that hold rows."""
    return sorted({table for table, _ in rows_of(connection, FILLABLE)} - {DJANGOS_OWN})


def nullable_columns(connection):
    return rows_of(connection, f"{FILLABLE} AND NOT attnotnull")


def rows_of(connection, query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def differences(wanted, found):
    return [f"- {line}" for line in wanted if line not in found] + [f"+ {line}" for line in found if line not in wanted]
