INSERT INTO tieout_sessions (feed, mark) VALUES (:feed, :mark)
