-- Every break of the run is open: a new one from now on, a known one still, a cleared one again.
INSERT INTO tieout_breaks AS b (feed, break_id, outcome, row_key, differing, state, life, fingerprint, key_columns, scope,
                                first_seen, first_run, last_seen, last_run, runs_open, reopened, timing_until)
SELECT :feed, r.break_id, r.outcome, r.row_key, r.differing, 'open', 'new', r.fingerprint, :key_columns, :scope,
       :now, r.run_id, :now, r.run_id, 1, 0, r.timing_until
FROM tieout_results AS r
WHERE r.run_id = :run_id AND r.outcome <> 'matched'
ON CONFLICT (feed, break_id) DO UPDATE
SET life = CASE WHEN b.state = 'cleared' THEN 'reopened' WHEN b.fingerprint <> excluded.fingerprint THEN 'changed' ELSE 'persisting' END,
    reopened = b.reopened + CASE WHEN b.state = 'cleared' THEN 1 ELSE 0 END,
    runs_open = CASE WHEN b.state = 'cleared' THEN 1 ELSE b.runs_open + {step} END,
    first_seen = CASE WHEN b.state = 'cleared' THEN excluded.first_seen ELSE b.first_seen END,
    first_run = CASE WHEN b.state = 'cleared' THEN excluded.first_run ELSE b.first_run END,
    state = 'open',
    differing = excluded.differing,
    fingerprint = excluded.fingerprint,
    key_columns = excluded.key_columns,
    scope = excluded.scope,
    last_seen = excluded.last_seen,
    last_run = excluded.last_run,
    timing_until = excluded.timing_until
