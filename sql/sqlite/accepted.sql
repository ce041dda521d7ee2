-- The breaks of the run that a person accepted: on this day still, and with these values.
UPDATE tieout_results AS r
SET accepted_until = a.until, accepted_owner = a.owner, accepted_reason = a.reason
FROM tieout_accepted AS a
WHERE r.run_id = :run_id AND r.outcome <> 'matched'
  AND a.feed = :feed AND a.break_id = r.break_id AND a.origin = :origin AND a.until >= :today AND a.fingerprint = r.fingerprint
