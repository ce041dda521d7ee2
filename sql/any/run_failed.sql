-- Only a run that was not committed.
UPDATE tieout_runs SET status = 'failed', failure = :failure WHERE run_id = :run_id AND status = 'loading'
