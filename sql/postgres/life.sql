-- What the ledger says of each break stands in the run's results too, so that its outputs can be written again.
UPDATE tieout_results AS r
SET life = b.life, first_seen = b.first_seen, runs_open = b.runs_open
FROM tieout_breaks AS b
WHERE r.run_id = :run_id AND r.outcome <> 'matched' AND b.feed = :feed AND b.break_id = r.break_id
