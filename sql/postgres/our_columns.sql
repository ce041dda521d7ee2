-- The columns of a table of ours: name, declared type, may be NULL, is generated (or numbered, and written only where
-- an INSERT insists), and why the table cannot be corrected.
SELECT CAST(a.attname AS text),
       format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attnotnull THEN '0' ELSE '1' END,
       CASE WHEN a.attgenerated <> '' THEN '1' WHEN a.attidentity = 'a' THEN 'identity' ELSE '0' END,
       CASE WHEN c.relkind IN ('r', 'p') THEN '' ELSE 'it is no table of its own but a view or the like' END
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass(CAST(:table AS text))
ORDER BY a.attnum
