-- None whose results hold the values of an open break, unless all may go.
SELECT run_id, feed FROM tieout_runs
WHERE feed = :feed AND status = 'done' AND seq <= :seq
  AND (:all = 1 OR NOT EXISTS (SELECT 1 FROM tieout_breaks AS b
                  WHERE b.last_run = tieout_runs.run_id AND b.feed = tieout_runs.feed AND b.state = 'open'))
ORDER BY seq
