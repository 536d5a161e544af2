"""What ALTER COLUMN .. TYPE does to rows and indexes, for every pair of types: fixtures/type-changes.json.

Each line is a type before, each letter in it a type after, in the order of `types`. What the letters mean stands in
`outcomes`: without USING, and with `USING column::type`.
"""

import json

import psycopg

import observed
import replay

PATH = observed.FIXTURES / "type-changes.json"
# Every type that Django's fields have or that forelock compares; with modifiers where they matter.
TYPES = """
    smallint, integer, bigint, boolean, real, double precision, numeric, numeric(10;2), numeric(12;2), numeric(12;3), money, oid,
    varchar, varchar(10), varchar(20), char(5), char(10), text, citext, name, bytea, uuid, json, jsonb, xml, hstore,
    date, timestamp, timestamp(3), timestamp(6), timestamptz, timestamptz(3), timestamptz(6), time, time(3), timetz, timetz(3),
    interval, interval(3), bit(8), bit(16), varbit, varbit(8), varbit(16), inet, cidr, macaddr, macaddr8, tsvector, tsquery,
    int4range, int8range, numrange, daterange, tsrange, tstzrange,
    integer[], bigint[], text[], varchar[], varchar(10)[], varchar(20)[], numeric(10;2)[], numeric(12;2)[], timestamptz[], uuid[]
"""
# What decides beside the types: the session's time zone, and whether the column gets another collation.
SETTINGS = {
    "in UTC": ("UTC", "", lambda kind: True),
    "in Europe/Berlin": ("Europe/Berlin", "", lambda kind: kind.startswith("timestamp")),
    "with another collation": ("UTC", ' COLLATE "C"', lambda kind: kind.startswith(("varchar", "text", "citext", "char"))),
}
ROWS = 100
FUNCTION = """
    CREATE FUNCTION outcome(relation text, change text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        rows oid := pg_relation_filenode(relation);
        index oid := pg_relation_filenode(to_regclass(relation || '_c_idx'));
    BEGIN
        EXECUTE format('ALTER TABLE %s ALTER COLUMN c TYPE %s', relation, change);
        RAISE EXCEPTION SQLSTATE 'FL000' USING MESSAGE = CASE
            WHEN pg_relation_filenode(relation) <> rows THEN 'rewrite'
            WHEN pg_relation_filenode(to_regclass(relation || '_c_idx')) <> index THEN 'indexes-rebuilt'
            ELSE 'kept' END;
    EXCEPTION
        WHEN SQLSTATE 'FL000' THEN RETURN SQLERRM;
        WHEN OTHERS THEN RETURN SQLSTATE;
    END $$"""
# There is no cast, or none without USING.
NO_CAST = {"42804", "42846"}
# The new type has no order: the index is in the way, not the change.
NO_OPERATOR_CLASS = "42704"


def types():
    return [kind.strip().replace(";", ",") for kind in TYPES.split(",")]


def measured(port):
    """For each setting, for each type before, for each type after: the outcome without and with USING."""
    with replay.database(port, "type-changes", "UTC") as (session, _):
        session.execute("CREATE EXTENSION citext; CREATE EXTENSION hstore")
        session.execute(FUNCTION)
        return {name: table(session, *setting) for name, setting in SETTINGS.items()}


def table(session, time_zone, suffix, is_meant):
    session.execute("SELECT set_config('TimeZone', %s, false)", [time_zone])
    chosen = [kind for kind in types() if is_meant(kind)]
    found = {}
    for before in chosen:
        relations = create(session, before)
        found[before] = [
            [outcome(session, relations, f"{after}{suffix}{using}") for using in ("", f" USING c::{after}")]
            for after in chosen
        ]
        for relation in relations:
            session.execute(f"DROP TABLE {relation}")
    return found


def create(session, kind):
    """A table with the column, and one with an index on it, if there is an order."""
    relations = ["plain", "indexed"]
    for relation in relations:
        session.execute(f"CREATE TABLE {relation} (id integer, c {kind})")
        # Nulls can be cast to everything.
        session.execute(f"INSERT INTO {relation} SELECT g FROM generate_series(1, {ROWS}) AS g")
    try:
        session.execute("CREATE INDEX ON indexed (c)")
    except psycopg.errors.UndefinedObject:
        session.execute(f"DROP TABLE {relations.pop()}")
    return relations


def outcome(session, relations, change):
    for relation in relations:
        seen = session.execute("SELECT outcome(%s, %s)", [relation, change]).fetchone()[0]
        if relation == "indexed" and seen == NO_OPERATOR_CLASS:
            return "kept"
        if seen in NO_CAST:
            return "error"
        if seen not in ("kept", "indexes-rebuilt", "rewrite"):
            raise RuntimeError(f"{relation} {change}: {seen}")
        if seen != "kept":
            return seen
    return seen


# Writing and comparing


def settle(found, releases, check):
    """Where versions differ from what is recorded. Without `check` it is written anew: of the default version, and where others differ."""
    if not check:
        PATH.write_text(encoded(found, releases))
    document = json.loads(PATH.read_text())
    return [
        f"{setting}, {before} to {after} on {version}: recorded {was}, measured {now}"
        for version, tables in found.items()
        for setting, before, after, now in pairs(tables)
        if (was := recorded(document, version, setting, before, after)) != now
    ]


def pairs(tables):
    for setting, table in tables.items():
        for before, row in table.items():
            for after, seen in zip(table, row):
                yield setting, before, after, seen


def recorded(document, version, setting, before, after):
    for other in document["otherwise"]:
        if version in other["on"] and [setting, before, after] == other["change"]:
            return document["outcomes"][other["outcome"]]
    rows = dict(document[setting])
    return document["outcomes"][rows[before][list(rows).index(after)]]


def encoded(found, releases):
    own = found[observed.DEFAULT_POSTGRES]
    seen = [tuple(outcome) for tables in found.values() for *_, outcome in pairs(tables)]
    by_frequency = sorted(set(seen), key=lambda outcome: -seen.count(outcome))
    letters = dict(zip(by_frequency, "abcdefghijklmnop"))
    sections = [
        f' "servers": {observed.dumps(releases)}',
        block("outcomes", "{}", (f'"{letter}": {observed.dumps(outcome)}' for outcome, letter in letters.items())),
    ]
    for setting, table in own.items():
        rows = [[kind, "".join(letters[tuple(outcome)] for outcome in row)] for kind, row in table.items()]
        sections.append(block(setting, "[]", map(observed.dumps, rows)))
    sections.append(block("otherwise", "[]", map(observed.dumps, differing(found, own, letters))))
    return "{\n" + ",\n".join(sections) + "\n}\n"


def block(name, brackets, lines):
    inside = ",\n".join(f"  {line}" for line in lines)
    return f" {observed.dumps(name)}: {brackets[0]}\n{inside}\n {brackets[1]}"


def differing(found, own, letters):
    expected = {tuple(change): seen for *change, seen in pairs(own)}
    others = {}
    for version, tables in found.items():
        for *change, seen in pairs(tables):
            if seen != expected[tuple(change)]:
                others.setdefault((*change, letters[tuple(seen)]), []).append(version)
    return [{"on": on, "change": list(key[:3]), "outcome": key[3]} for key, on in others.items()]
