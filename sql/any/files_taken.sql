-- The files that committed runs of the feed counted since then.
SELECT r.started_at, f.name, f.sha256
FROM tieout_files AS f
JOIN tieout_runs AS r ON r.run_id = f.run_id
WHERE f.feed = :feed AND r.status IN ('reconciled', 'exported', 'done') AND r.started_at >= :since
ORDER BY r.seq, f.file_no
