INSERT INTO tieout_refused (feed, file_id, name, sha256, code, reason, first_seen, last_seen)
VALUES (:feed, :file_id, :name, :sha256, :code, :reason, :seen, :seen)
