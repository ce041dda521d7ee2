DELETE FROM tieout_results WHERE run_id = :run_id
