-- What the server knows of a table of ours: estimated rows, bytes with its indexes. Nothing where it is no table.
SELECT CAST(t.table_rows AS char), CAST(t.data_length + t.index_length AS char), NULL, NULL
FROM information_schema.tables AS t
WHERE t.table_schema = COALESCE(NULLIF(:schema, ''), database()) AND t.table_name = :table
  AND t.table_type = 'BASE TABLE'
