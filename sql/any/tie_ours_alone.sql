-- Keys that occur more than once and only on our side.
INSERT INTO {tie} (side, tieout_id, key_group, row_group, ours)
SELECT 'ours', NULL, {our_key}, {our_compared}, j.ours
FROM {join} AS j
JOIN (
    SELECT {our_key} AS key_group
    FROM {join} AS j
    WHERE j.outcome = 'missing_in_theirs'
    GROUP BY {our_key}
    HAVING count(*) > 1
) AS several ON several.key_group = {our_key}
WHERE j.outcome = 'missing_in_theirs'
  AND {our_key} <> {no_key}
