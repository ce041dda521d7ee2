DELETE FROM tieout_arrivals WHERE feed = :feed AND address = :address
