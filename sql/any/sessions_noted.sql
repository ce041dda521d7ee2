SELECT CAST(mark AS {text}), part, process FROM tieout_sessions WHERE feed = :feed ORDER BY mark
