-- Keys that occur more than once in theirs: number their rows, so that the join meets only the first.
UPDATE {stage} AS s
JOIN (
    SELECT t.tieout_id, row_number() OVER (PARTITION BY {t_keys} ORDER BY t.tieout_id) AS nth
    FROM {stage} AS t
    JOIN (SELECT {keys} FROM {stage} GROUP BY {keys} HAVING count(*) > 1) AS d ON {t_is_d}
) AS r ON r.tieout_id = s.tieout_id
SET s.tieout_copy = r.nth
