-- forelock stats-query, version 1: which migrations a database has applied, and how large its relations are.
-- It reads django_migrations and the catalog, no row of your own tables, and changes nothing. One line of JSON comes back:
--     forelock stats-query | psql --no-psqlrc --quiet --tuples-only --no-align > production.json
SELECT json_build_object(
    'version', 1,
    'taken_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'django_migrations', (
        SELECT coalesce(json_agg(json_build_object(
            'app', m.app,
            'name', m.name,
            'applied', to_char(m.applied AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        ) ORDER BY m.id), '[]'::json)
        FROM django_migrations m
    ),
    'relations', (
        -- reltuples is the planner's estimate: -1 (before PostgreSQL 14: 0) where the table was never analysed.
        SELECT coalesce(json_agg(json_build_object(
            'name', c.relname,
            'reltuples', c.reltuples::bigint,
            'bytes', coalesce(pg_table_size(c.oid), 0)
        ) ORDER BY c.relname), '[]'::json)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I')
          AND pg_table_is_visible(c.oid)
          AND n.nspname <> 'information_schema'
          AND n.nspname !~ '^pg_'
    )
);
