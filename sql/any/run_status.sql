UPDATE tieout_runs SET status = :status WHERE run_id = :run_id
