-- The file was taken after all.
DELETE FROM tieout_refused WHERE feed = :feed AND sha256 = :sha256
