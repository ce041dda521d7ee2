-- Breaks that are gone since both sides have their key in this run, and met. Not one of a key of other columns, and not a
-- row of ours too many: the run may not have looked where it was.
INSERT INTO tieout_cleared (run_id, break_id, outcome, row_key, why, first_seen, last_seen, last_run, runs_open)
SELECT :run_id, b.break_id, b.outcome, b.row_key, 'matched', b.first_seen, b.last_seen, b.last_run, b.runs_open
FROM tieout_breaks AS b
WHERE b.feed = :feed AND b.state = 'open' AND b.last_run <> :run_id AND b.outcome <> 'duplicate_in_ours'
  AND b.key_columns = :key_columns
  AND b.row_key IN (SELECT {their_key} FROM {join} AS j JOIN {stage} AS s ON s.tieout_id = j.tieout_id WHERE j.outcome = 'pair')
