-- The user, the schema that tables are created in (where the user may look into none: the first that the search path
-- names; nothing where none is there), whether the user may look into it and create tables there, whether it may do
-- anything at all, whether its transactions are read-only, and whether the server is a replica.
SELECT CAST(quote_ident(current_user) AS text),
       CAST(quote_ident(n.nspname) AS text),
       CAST(has_schema_privilege(n.oid, 'USAGE') AS text),
       CAST(has_schema_privilege(n.oid, 'CREATE') AS text),
       CAST(current_setting('is_superuser') = 'on' AS text),
       CAST(current_setting('transaction_read_only') = 'on' AS text),
       CAST(pg_is_in_recovery() AS text)
FROM (SELECT 1) AS one
LEFT JOIN pg_namespace AS n ON n.nspname = coalesce(current_schema(), (
    SELECT named.nspname
    FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY AS path (name, place)
    JOIN pg_namespace AS named ON named.nspname = CASE WHEN trim(BOTH ' "' FROM path.name) = '$user'
        THEN current_user ELSE trim(BOTH ' "' FROM path.name) END
    ORDER BY path.place
    LIMIT 1))
