-- What was accepted by `command` or by `file`.
SELECT break_id, reason, until, owner FROM tieout_accepted WHERE feed = :feed AND origin = :origin ORDER BY break_id
