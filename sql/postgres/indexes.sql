-- (index, column) of every index of a table of ours, in order; an expression stands as it is.
SELECT CAST(n.relname AS text),
       COALESCE(CAST(a.attname AS text), pg_get_indexdef(i.indexrelid, CAST(k.place AS integer), true))
FROM pg_index AS i
JOIN pg_class AS n ON n.oid = i.indexrelid
CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS k (place)
LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum > 0 AND a.attnum = i.indkey[k.place - 1]
WHERE i.indrelid = to_regclass(CAST(:table AS text)) AND i.indisvalid
ORDER BY n.relname, k.place
