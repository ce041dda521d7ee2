-- The summaries of the feed's last reconciled runs, newest first.
SELECT run_id, feed, status, detail FROM tieout_runs
WHERE feed = :feed AND status IN ('reconciled', 'exported', 'done')
ORDER BY seq DESC
LIMIT 30
