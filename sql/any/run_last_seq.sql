SELECT CAST(COALESCE(max(seq), 0) AS {text}) FROM tieout_runs WHERE feed = :feed
