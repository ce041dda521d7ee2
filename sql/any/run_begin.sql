INSERT INTO tieout_runs (run_id, feed, seq, status, verdict, started_at, finished_at, detail)
VALUES (:run_id, :feed, :seq, 'loading', '', :started_at, '', '')
