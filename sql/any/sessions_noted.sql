SELECT CAST(mark AS {text}) FROM tieout_sessions WHERE feed = :feed ORDER BY mark
