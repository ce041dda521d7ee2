-- Keys that occur more than once in theirs: number their rows, so that the join meets only the first.
-- The converter marked every row whose key may have occurred before.
UPDATE {stage} AS s
JOIN (
    SELECT t.tieout_id,
           row_number() OVER (PARTITION BY {t_keys} ORDER BY t.tieout_id) AS nth,
           count(*) OVER (PARTITION BY {t_keys}) AS copies
    FROM (
        SELECT DISTINCT {keys}
        -- The limit is none: it keeps MariaDB from reading the whole table by the index of its keys.
        FROM (SELECT {keys} FROM {stage} WHERE tieout_seen = 1 LIMIT 18446744073709551615) AS marked
    ) AS d
    JOIN {stage} AS t ON {t_is_d}
) AS r ON r.tieout_id = s.tieout_id
SET s.tieout_copy = r.nth
WHERE r.copies > 1
