-- Only a run that was not committed.
UPDATE tieout_runs SET status = 'failed' WHERE run_id = :run_id AND status = 'loading'
