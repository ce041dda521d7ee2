-- The files that committed runs of a row set counted, of days from one on.
SELECT d.day, f.name, f.sha256
FROM tieout_days AS d
JOIN tieout_files AS f ON f.feed = :row_set AND f.sha256 = d.file_id
JOIN tieout_runs AS r ON r.run_id = f.run_id
WHERE d.feed = :feed AND d.day >= :since AND r.status IN ('reconciled', 'exported', 'done')
ORDER BY r.seq, f.file_no
