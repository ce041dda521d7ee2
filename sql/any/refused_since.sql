-- Since when a file is refused.
SELECT first_seen FROM tieout_refused WHERE feed = :feed AND file_id = :file_id
