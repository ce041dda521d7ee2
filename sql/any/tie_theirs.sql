-- Keys that occur more than once: their rows.
INSERT INTO {tie} (side, tieout_id, key_group, row_group, ours)
SELECT 'theirs', s.tieout_id, {their_key}, {their_compared}, {equal_row}
FROM {stage} AS s
WHERE s.tieout_repeated = 1
UNION ALL
SELECT 'theirs', s.tieout_id, {their_key}, {their_compared}, {equal_row}
FROM (
    SELECT tieout_id
    FROM {join}
    WHERE tieout_id IS NOT NULL
    GROUP BY tieout_id
    HAVING count(*) > 1
) AS met_twice
JOIN {stage} AS s ON s.tieout_id = met_twice.tieout_id
WHERE s.tieout_repeated = 0
