UPDATE tieout_runs
SET status = 'reconciled', verdict = :verdict, finished_at = :finished_at, detail = :detail
WHERE run_id = :run_id AND status = 'loading'
