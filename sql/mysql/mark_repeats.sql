-- Keys that occur more than once in theirs: mark their rows, of which the join meets only one.
-- The converter marked every row whose key may have occurred before.
UPDATE {stage} AS s
JOIN (
    SELECT t.tieout_id,
           row_number() OVER (PARTITION BY {t_keys} ORDER BY t.tieout_seen, t.tieout_id) AS nth,
           count(*) OVER (PARTITION BY {t_keys}) AS copies
    FROM (
        SELECT DISTINCT {keys}
        -- The limit is none: it keeps MariaDB from reading the whole table by the index of its keys.
        FROM (SELECT {keys} FROM {stage} WHERE tieout_seen = 1 LIMIT 18446744073709551615) AS marked
    ) AS d
    JOIN {stage} AS t ON {t_is_d}
) AS r ON r.tieout_id = s.tieout_id
SET s.tieout_seen = CASE WHEN r.nth > 1 THEN 1 ELSE 0 END,
    s.tieout_repeated = 1
WHERE r.copies > 1
