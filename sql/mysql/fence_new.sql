INSERT IGNORE INTO tieout_feeds (feed, run_id, holder) VALUES (:feed, '', '')
