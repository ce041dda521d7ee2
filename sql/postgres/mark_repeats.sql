-- Keys that occur more than once in theirs: number their rows, so that the join meets only the first.
UPDATE {stage} AS s
SET tieout_copy = r.nth
FROM (
    SELECT tieout_id, row_number() OVER (PARTITION BY {keys} ORDER BY tieout_id) AS nth
    FROM {stage}
    WHERE ({keys}) IN (SELECT {keys} FROM {stage} GROUP BY {keys} HAVING count(*) > 1)
) AS r
WHERE s.tieout_id = r.tieout_id
