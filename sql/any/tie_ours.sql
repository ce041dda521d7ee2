-- Keys that occur more than once: the rows of ours that met one of theirs.
INSERT INTO {tie} (side, tieout_id, row_key, compared, ours)
SELECT 'ours', NULL, t.row_key,
       CASE WHEN j.ours IS NULL THEN t.compared ELSE {our_compared} END,
       COALESCE(j.ours, t.ours)
FROM {join} AS j
JOIN {tie} AS t ON t.tieout_id = j.tieout_id
WHERE t.side = 'theirs'
  AND j.outcome <> 'missing_in_ours'
