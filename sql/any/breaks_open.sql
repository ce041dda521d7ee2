-- The open breaks of a feed, oldest first, and whether a person accepted them as they are, or they
-- are a matter of timing still.
SELECT b.break_id, b.outcome, b.row_key, b.differing, b.life, b.first_seen, b.last_seen, b.last_run,
       CAST(b.runs_open AS {text}),
       COALESCE(c.until, f.until), COALESCE(c.owner, f.owner), COALESCE(c.reason, f.reason),
       CASE WHEN b.timing_until >= :cut_off THEN b.timing_until END
FROM tieout_breaks AS b
LEFT JOIN tieout_accepted AS c ON c.feed = b.feed AND c.break_id = b.break_id AND c.origin = 'command'
     AND c.until >= :today AND (c.fingerprint = b.fingerprint OR c.fingerprint IS NULL)
LEFT JOIN tieout_accepted AS f ON f.feed = b.feed AND f.break_id = b.break_id AND f.origin = 'file'
     AND f.until >= :today AND (f.fingerprint = b.fingerprint OR f.fingerprint IS NULL)
WHERE b.feed = :feed AND b.state = 'open'
ORDER BY b.first_seen, b.row_key, b.outcome, b.break_id
