-- When a run looked into the source of the feed last.
SELECT looked_at FROM tieout_looks WHERE feed = :feed
