-- (index, column) of every unique index of ours whose columns are all NOT NULL. None of a table that others inherit from,
-- whose rows the index does not hold, unless they are its partitions.
SELECT CAST(i.indexrelid AS text), CAST(a.attname AS text)
FROM pg_index AS i
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
JOIN pg_class AS c ON c.oid = i.indrelid
WHERE i.indrelid = to_regclass(CAST(:table AS text))
  AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
  AND NOT EXISTS (SELECT 1 FROM pg_attribute AS n
                  WHERE n.attrelid = i.indrelid AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull)
  AND (c.relkind = 'p' OR NOT EXISTS (SELECT 1 FROM pg_inherits AS h WHERE h.inhparent = i.indrelid))
