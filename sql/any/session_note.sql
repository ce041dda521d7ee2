INSERT INTO tieout_sessions (feed, mark, part, process) VALUES (:feed, :mark, :part, :process)
