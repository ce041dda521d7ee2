-- The columns of one of tieout's own tables in the current database, in order; none where there is no such table.
SELECT CAST(column_name AS char)
FROM information_schema.columns
WHERE table_schema = database() AND table_name = :table
ORDER BY ordinal_position
