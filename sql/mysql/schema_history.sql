-- Whether tieout's own tables were ever made here: the name of the table that says which; nothing where it is not there.
SELECT CAST(table_name AS char)
FROM information_schema.tables
WHERE table_schema = database() AND table_name = :history
