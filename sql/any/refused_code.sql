-- Why a file is refused.
SELECT code FROM tieout_refused WHERE feed = :feed AND file_id = :file_id
