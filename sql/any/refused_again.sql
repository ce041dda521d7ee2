UPDATE tieout_refused SET code = :code, reason = :reason, last_seen = :seen
WHERE feed = :feed AND file_id = :file_id
