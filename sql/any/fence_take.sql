UPDATE tieout_feeds SET run_id = :run_id, holder = :holder WHERE feed = :feed
