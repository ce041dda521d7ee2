-- Files of this feed that a run has counted already.
SELECT f.sha256, max(f.run_id), max(r.verdict)
FROM tieout_files AS f
JOIN tieout_runs AS r ON r.run_id = f.run_id
WHERE f.feed = :feed AND f.sha256 = :sha256 AND r.status IN ('reconciled', 'exported', 'done')
GROUP BY f.sha256
