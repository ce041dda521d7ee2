SELECT run_id, feed, status, detail FROM tieout_runs WHERE run_id = :run_id
