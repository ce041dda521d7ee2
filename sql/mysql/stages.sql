-- The stages of all feeds in the current database.
SELECT CAST(table_name AS char)
FROM information_schema.tables
WHERE table_schema = database() AND substr(table_name, 1, 13) = 'tieout_stage_'
ORDER BY table_name
