INSERT INTO tieout_feeds (feed, run_id, holder) VALUES (:feed, '', '') ON CONFLICT (feed) DO NOTHING
