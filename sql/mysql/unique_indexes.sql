-- (index, column) of every unique index of ours whose columns are all whole and NOT NULL. None of a storage engine that
-- keeps rows elsewhere, like MERGE.
SELECT CAST(s.index_name AS char), CAST(s.column_name AS char)
FROM information_schema.statistics AS s
JOIN information_schema.tables AS t ON t.table_schema = s.table_schema AND t.table_name = s.table_name
     AND t.engine IN ('InnoDB', 'MyISAM', 'Aria', 'MEMORY', 'RocksDB', 'ndbcluster')
WHERE s.table_schema = COALESCE(NULLIF(:schema, ''), database()) AND s.table_name = :table AND s.non_unique = 0
  AND s.index_name NOT IN
      (SELECT n.index_name FROM information_schema.statistics AS n
       WHERE n.table_schema = s.table_schema AND n.table_name = s.table_name
         AND (n.nullable = 'YES' OR n.sub_part IS NOT NULL OR n.column_name IS NULL))
