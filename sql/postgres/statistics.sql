-- What the server knows of a table of ours: estimated rows, bytes with its indexes, when its statistics were gathered last
-- (nothing: never, or not since the server's own counters were), and rows that changed since. Nothing where it is no table.
SELECT CAST(CASE WHEN c.reltuples < 0 THEN NULL ELSE CAST(c.reltuples AS bigint) END AS text),
       CAST(COALESCE((SELECT sum(pg_total_relation_size(p.relid)) FROM pg_partition_tree(c.oid) AS p),
                     pg_total_relation_size(c.oid)) AS text),
       to_char(greatest(s.last_analyze, s.last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       CAST(s.n_mod_since_analyze AS text)
FROM pg_class AS c
LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
WHERE c.oid = to_regclass(CAST(:table AS text)) AND c.relkind IN ('r', 'p', 'm')
