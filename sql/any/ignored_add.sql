INSERT INTO tieout_ignored (feed, file_id, name, sha256, reason, ignored_at)
VALUES (:feed, :file_id, :name, :sha256, :reason, :ignored_at)
