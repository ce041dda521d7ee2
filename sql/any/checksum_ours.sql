UPDATE tieout_results SET checksum_ours = :checksum WHERE run_id = :run_id AND seq = :seq
