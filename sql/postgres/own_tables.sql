-- Of those of tieout's own tables (their names with commas between) that are there: the name, whether the user owns it,
-- and what of the privileges that a run needs the user lacks.
SELECT CAST(c.relname AS text),
       CAST(pg_has_role(c.relowner, 'USAGE') AS text),
       concat_ws(', ',
           CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END,
           CASE WHEN NOT has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
           CASE WHEN NOT has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
           CASE WHEN NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END,
           CASE WHEN NOT has_table_privilege(c.oid, 'TRUNCATE') THEN 'TRUNCATE' END)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema()
  AND c.relname = ANY (string_to_array(CAST(:tables AS text), ','))
ORDER BY c.relname
