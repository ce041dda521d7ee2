-- Only the run that owns the feed may commit.
SELECT run_id FROM tieout_feeds WHERE feed = :feed FOR UPDATE
