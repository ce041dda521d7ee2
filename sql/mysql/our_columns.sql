-- The columns of a table of ours: name, declared type, may be NULL, is generated, and why the table cannot be corrected.
SELECT CAST(c.column_name AS char),
       CAST(c.column_type AS char),
       CASE c.is_nullable WHEN 'YES' THEN '1' ELSE '0' END,
       CASE WHEN COALESCE(c.generation_expression, '') <> '' THEN '1' ELSE '0' END,
       CASE WHEN t.table_type NOT IN ('BASE TABLE', 'SYSTEM VERSIONED') THEN 'it is no table of its own but a view or the like'
            WHEN COALESCE(e.transactions, 'NO') <> 'YES' THEN 'its storage engine has no transactions'
            ELSE '' END
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
LEFT JOIN information_schema.engines AS e ON e.engine = t.engine
WHERE c.table_schema = COALESCE(NULLIF(:schema, ''), database()) AND c.table_name = :table
ORDER BY c.ordinal_position
