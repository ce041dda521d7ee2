-- Rows of theirs that met no row of ours, one of each key.
INSERT INTO {join} (tieout_id, outcome)
SELECT s.tieout_id, 'missing_in_ours'
FROM {stage} AS s
LEFT JOIN {join} AS j ON j.tieout_id = s.tieout_id
WHERE s.tieout_seen = 0
  AND j.tieout_id IS NULL
