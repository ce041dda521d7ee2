-- Rows of theirs that met no row of ours.
INSERT INTO {join} (tieout_id, outcome)
SELECT s.tieout_id, 'missing_in_ours'
FROM {stage} AS s
LEFT JOIN {join} AS j ON j.tieout_id = s.tieout_id
WHERE j.tieout_id IS NULL
