-- Keys that occur more than once in theirs: mark their rows, of which the join meets only one.
-- The converter marked every row whose key may have occurred before.
UPDATE {stage} AS s
SET tieout_seen = CASE WHEN r.nth > 1 THEN 1 ELSE 0 END,
    tieout_repeated = 1
FROM (
    SELECT tieout_id,
           row_number() OVER (PARTITION BY {keys} ORDER BY tieout_seen, tieout_id) AS nth,
           count(*) OVER (PARTITION BY {keys}) AS copies
    FROM {stage}
    WHERE ({keys}) IN (SELECT {keys} FROM {stage} WHERE tieout_seen = 1)
) AS r
WHERE s.tieout_id = r.tieout_id
  AND r.copies > 1
