-- Whether tieout's own tables were ever made here: the name of the table that says which; nothing where it is not there.
SELECT name FROM sqlite_master WHERE type = 'table' AND name = :history
