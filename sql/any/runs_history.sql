SELECT r.run_id, r.feed, r.status, r.verdict, r.started_at, r.finished_at, r.detail, r.failure
FROM tieout_runs AS r
WHERE :feed = '' OR r.feed = :feed
ORDER BY r.started_at DESC, r.feed, r.seq DESC
