-- Whether the user may look into a schema of ours; nothing where it is not there.
SELECT CAST(has_schema_privilege(oid, 'USAGE') AS text) FROM pg_namespace WHERE nspname = CAST(:schema AS text)
