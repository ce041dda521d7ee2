-- Every break of the run is open: a new one from now on, a known one still, a cleared one again. What is assigned first
-- is read by what follows, so `state` comes after all that asks for it.
INSERT INTO tieout_breaks (feed, break_id, outcome, row_key, differing, state, life, fingerprint, key_columns, scope,
                           first_seen, first_run, last_seen, last_run, runs_open, reopened, timing_until)
SELECT :feed, r.break_id, r.outcome, r.row_key, r.differing, 'open', 'new', r.fingerprint, :key_columns, :scope,
       :now, r.run_id, :now, r.run_id, 1, 0, r.timing_until
FROM tieout_results AS r
WHERE r.run_id = :run_id AND r.outcome <> 'matched'
ON DUPLICATE KEY UPDATE
    tieout_breaks.life = CASE WHEN tieout_breaks.state = 'cleared' THEN 'reopened' WHEN tieout_breaks.fingerprint <> r.fingerprint THEN 'changed' ELSE 'persisting' END,
    tieout_breaks.reopened = tieout_breaks.reopened + CASE WHEN tieout_breaks.state = 'cleared' THEN 1 ELSE 0 END,
    tieout_breaks.runs_open = CASE WHEN tieout_breaks.state = 'cleared' THEN 1 ELSE tieout_breaks.runs_open + {step} END,
    tieout_breaks.first_seen = CASE WHEN tieout_breaks.state = 'cleared' THEN :now ELSE tieout_breaks.first_seen END,
    tieout_breaks.first_run = CASE WHEN tieout_breaks.state = 'cleared' THEN r.run_id ELSE tieout_breaks.first_run END,
    tieout_breaks.state = 'open',
    tieout_breaks.differing = r.differing,
    tieout_breaks.fingerprint = r.fingerprint,
    tieout_breaks.key_columns = :key_columns,
    tieout_breaks.scope = :scope,
    tieout_breaks.last_seen = :now,
    tieout_breaks.last_run = r.run_id,
    tieout_breaks.timing_until = r.timing_until
