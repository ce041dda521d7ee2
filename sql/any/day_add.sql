INSERT INTO tieout_days (feed, file_id, day) VALUES (:feed, :file_id, :day)
