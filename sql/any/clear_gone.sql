-- Breaks that are gone since ours has the row no more: the run asked ours the same question as the one that saw them.
INSERT INTO tieout_cleared (run_id, break_id, outcome, row_key, why, first_seen, last_seen, last_run, runs_open)
SELECT :run_id, b.break_id, b.outcome, b.row_key, 'gone_in_ours', b.first_seen, b.last_seen, b.last_run, b.runs_open
FROM tieout_breaks AS b
WHERE b.feed = :feed AND b.state = 'open' AND b.last_run <> :run_id AND b.scope = :scope
  AND (b.outcome = 'duplicate_in_ours' OR (b.outcome = 'missing_in_theirs' AND {not_several}))
  AND NOT EXISTS (SELECT 1 FROM tieout_cleared AS c WHERE c.run_id = :run_id AND c.break_id = b.break_id)
