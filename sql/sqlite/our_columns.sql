-- The columns of a table of ours: name, declared type, may be NULL, is generated, and why the table cannot be corrected.
SELECT c.name, c.type,
       CASE c."notnull" WHEN 0 THEN '1' ELSE '0' END,
       CASE WHEN c.hidden IN (2, 3) THEN '1' ELSE '0' END,
       CASE WHEN t.type <> 'table' THEN 'it is no table of its own but a view or the like'
            WHEN t.wr = 1 THEN 'it has no rowid'
            ELSE '' END
FROM pragma_table_list(:table) AS t
JOIN pragma_table_xinfo(t.name, t.schema) AS c
WHERE :schema = '' OR t.schema = :schema
ORDER BY c.cid
