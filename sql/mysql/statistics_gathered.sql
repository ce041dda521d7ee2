-- When InnoDB gathered them last; of a partitioned table, the partition that comes first. Not everybody may ask.
SELECT DATE_FORMAT(MIN(s.last_update), '%Y-%m-%dT%H:%i:%sZ')
FROM mysql.innodb_table_stats AS s
WHERE s.database_name = COALESCE(NULLIF(:schema, ''), database())
  AND SUBSTRING_INDEX(s.table_name, '#', 1) = :table
