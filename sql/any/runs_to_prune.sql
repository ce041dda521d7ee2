SELECT run_id, feed FROM tieout_runs
WHERE feed = :feed AND status = 'done' AND seq <= :seq
ORDER BY seq
