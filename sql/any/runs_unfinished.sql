-- Reconciled, but killed before the export, the clean-up or the hook was done.
SELECT run_id, feed, status, detail FROM tieout_runs
WHERE feed = :feed AND status IN ('reconciled', 'exported')
ORDER BY seq
