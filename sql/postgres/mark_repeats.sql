-- Keys that occur more than once in theirs: number their rows, so that the join meets only the first.
-- The converter marked every row whose key may have occurred before.
UPDATE {stage} AS s
SET tieout_copy = r.nth
FROM (
    SELECT tieout_id,
           row_number() OVER (PARTITION BY {keys} ORDER BY tieout_id) AS nth,
           count(*) OVER (PARTITION BY {keys}) AS copies
    FROM {stage}
    WHERE ({keys}) IN (SELECT {keys} FROM {stage} WHERE tieout_seen = 1)
) AS r
WHERE s.tieout_id = r.tieout_id
  AND r.copies > 1
