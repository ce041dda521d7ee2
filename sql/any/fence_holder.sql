SELECT run_id, holder FROM tieout_feeds WHERE feed = :feed
