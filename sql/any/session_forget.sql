DELETE FROM tieout_sessions WHERE feed = :feed AND mark = :mark
