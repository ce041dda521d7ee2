DELETE FROM tieout_rejects WHERE run_id = :run_id
