DELETE FROM tieout_ignored WHERE feed = :feed AND file_id = :file_id
