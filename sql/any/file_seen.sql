-- The last run of this feed that has counted a file.
SELECT f.sha256, f.run_id, r.verdict, r.status
FROM tieout_files AS f
JOIN tieout_runs AS r ON r.run_id = f.run_id
WHERE f.feed = :feed AND f.sha256 = :sha256 AND r.status IN ('reconciled', 'exported', 'done')
ORDER BY r.seq DESC
LIMIT 1
