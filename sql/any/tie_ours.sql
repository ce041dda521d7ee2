-- Keys that occur more than once: the rows of ours that met one of theirs.
INSERT INTO {tie} (side, tieout_id, key_group, row_group, ours)
SELECT 'ours', NULL, t.key_group,
       CASE WHEN j.ours IS NULL THEN t.row_group ELSE {our_compared} END,
       COALESCE(j.ours, t.ours)
FROM {join} AS j
JOIN {tie} AS t ON t.tieout_id = j.tieout_id
WHERE t.side = 'theirs'
  AND j.outcome <> 'missing_in_ours'
