-- Breaks that are gone since both sides have their key in this run, and met. Not one of a key of other columns, and not a
-- row of ours too many: the run may not have looked where it was.
INSERT INTO tieout_cleared (run_id, break_id, outcome, row_key, why, first_seen, last_seen, last_run, runs_open)
SELECT :run_id, b.break_id, b.outcome, b.row_key, 'matched', b.first_seen, b.last_seen, b.last_run, b.runs_open
FROM tieout_breaks AS b
JOIN (
    SELECT DISTINCT o.break_id
    FROM (
        SELECT break_id, row_key FROM tieout_breaks
        WHERE feed = :feed AND state = 'open' AND last_run <> :run_id AND outcome <> 'duplicate_in_ours'
          AND key_columns = :key_columns
    ) AS o
    JOIN {stage} AS s ON {on}
    JOIN {join} AS j ON j.tieout_id = s.tieout_id AND j.outcome = 'pair'
) AS met ON met.break_id = b.break_id
WHERE b.feed = :feed
