-- (index, column) of the primary key and of every unique index of ours; an expression has no column.
SELECT i.name, c.name
FROM pragma_index_list(:table) AS i
JOIN pragma_index_info(i.name) AS c
WHERE i."unique" = 1 AND i.partial = 0
UNION ALL
SELECT '', name FROM pragma_table_info(:table) WHERE pk > 0
