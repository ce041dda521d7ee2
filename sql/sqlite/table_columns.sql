-- The columns of one of tieout's own tables, in order; none where there is no such table.
SELECT name FROM pragma_table_info(:table) ORDER BY cid
