-- Runs with results, beyond the newest so many that came to any. None whose results hold the values of an open break,
-- unless all may go.
SELECT r.run_id, r.feed
FROM (
    SELECT run_id, feed, seq, status, row_number() OVER (ORDER BY seq DESC) AS nth
    FROM tieout_runs WHERE feed = :feed AND status IN ('reconciled', 'exported', 'done')
) AS r
WHERE r.nth > :keep AND r.status = 'done'
  AND (EXISTS (SELECT 1 FROM tieout_results AS t WHERE t.run_id = r.run_id)
    OR EXISTS (SELECT 1 FROM tieout_rejects AS t WHERE t.run_id = r.run_id)
    OR EXISTS (SELECT 1 FROM tieout_cleared AS t WHERE t.run_id = r.run_id))
  AND (:all = 1 OR NOT EXISTS (SELECT 1 FROM tieout_breaks AS b
                  WHERE b.last_run = r.run_id AND b.feed = r.feed AND b.state = 'open'))
ORDER BY r.seq
