-- The breaks of the run that a person accepted: on this day still, and with these values.
UPDATE tieout_results AS r
JOIN tieout_accepted AS a ON a.feed = :feed AND a.break_id = r.break_id AND a.origin = :origin
SET r.accepted_until = a.until, r.accepted_owner = a.owner, r.accepted_reason = a.reason
WHERE r.run_id = :run_id AND r.outcome <> 'matched' AND a.until >= :today AND a.fingerprint = r.fingerprint
