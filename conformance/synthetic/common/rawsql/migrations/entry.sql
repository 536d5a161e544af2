-- A file beside the migration.
CREATE VIEW rawsql_names AS SELECT name FROM rawsql_entry;
DROP VIEW rawsql_names;
