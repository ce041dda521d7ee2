INSERT INTO tieout_looks (feed, looked_at) VALUES (:feed, :looked_at)
