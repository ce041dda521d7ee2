DELETE FROM tieout_cleared WHERE run_id = :run_id
