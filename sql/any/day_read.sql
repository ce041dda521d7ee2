-- For which day a file counts.
SELECT day FROM tieout_days WHERE feed = :feed AND file_id = :file_id
