-- The columns of one of tieout's own tables in the current schema, in order; none where there is no such table.
SELECT CAST(attname AS text)
FROM pg_attribute
WHERE attrelid = to_regclass(quote_ident(CAST(:table AS text))) AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
