SELECT CAST(count(*) AS {text}) FROM tieout_rejects WHERE run_id = :run_id
