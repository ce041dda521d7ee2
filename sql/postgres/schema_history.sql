-- Whether tieout's own tables were ever made here: the name of the table that says which; nothing where it is not there.
SELECT CAST(to_regclass(CAST(:history AS text)) AS text)
