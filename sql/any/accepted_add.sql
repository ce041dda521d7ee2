-- The fingerprint is that of the break as it was last seen; none where no run has seen it.
INSERT INTO tieout_accepted (feed, break_id, origin, reason, until, owner, accepted_at, fingerprint)
VALUES (:feed, :break_id, :origin, :reason, :until, :owner, :now, NULLIF(:fingerprint, ''))
