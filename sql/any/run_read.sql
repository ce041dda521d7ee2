SELECT run_id, status, detail FROM tieout_runs WHERE run_id = :run_id
