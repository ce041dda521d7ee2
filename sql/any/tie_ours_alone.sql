-- Keys that occur more than once and only on our side.
INSERT INTO {tie} (side, tieout_id, row_key, compared, ours)
SELECT 'ours', NULL, {our_key}, {our_compared}, j.ours
FROM {join} AS j
JOIN (
    SELECT {our_key} AS row_key
    FROM {join} AS j
    WHERE j.outcome = 'missing_in_theirs'
    GROUP BY {our_key}
    HAVING count(*) > 1
) AS several ON several.row_key = {our_key}
WHERE j.outcome = 'missing_in_theirs'
  AND {our_key} <> {no_key}
