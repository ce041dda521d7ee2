-- (index, column) of every index of a table of ours, in order.
SELECT CAST(s.index_name AS char), CAST(COALESCE(s.column_name, '(an expression)') AS char)
FROM information_schema.statistics AS s
WHERE s.table_schema = COALESCE(NULLIF(:schema, ''), database()) AND s.table_name = :table
ORDER BY s.index_name, s.seq_in_index
