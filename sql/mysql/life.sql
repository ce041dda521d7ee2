-- What the ledger says of each break stands in the run's results too, so that its outputs can be written again.
UPDATE tieout_results AS r
JOIN tieout_breaks AS b ON b.feed = :feed AND b.break_id = r.break_id
SET r.life = b.life, r.first_seen = b.first_seen, r.runs_open = b.runs_open
WHERE r.run_id = :run_id AND r.outcome <> 'matched'
