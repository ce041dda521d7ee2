INSERT INTO tieout_files (run_id, file_no, feed, name, sha256)
VALUES (:run_id, :file_no, :feed, :name, :sha256)
