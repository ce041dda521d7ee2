-- What a run found gone, by key.
SELECT break_id, outcome, row_key, why, first_seen, last_seen, last_run, CAST(runs_open AS {text})
FROM tieout_cleared
WHERE run_id = :run_id
ORDER BY row_key, outcome, break_id
