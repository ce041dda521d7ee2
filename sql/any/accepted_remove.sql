DELETE FROM tieout_accepted WHERE feed = :feed AND break_id = :break_id AND origin = :origin
