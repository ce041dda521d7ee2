-- The stages of all feeds in the current schema.
SELECT CAST(c.relname AS text)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' AND substr(c.relname, 1, 13) = 'tieout_stage_'
ORDER BY c.relname
