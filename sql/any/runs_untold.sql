-- Committed runs that were not told yet, of feeds whose names begin as a pattern says.
SELECT run_id, feed FROM tieout_runs
WHERE status IN ('reconciled', 'exported') AND feed LIKE :feeds
ORDER BY feed, seq
