-- The files of the feed's last reconciled run.
SELECT f.sha256
FROM tieout_files AS f
WHERE f.run_id = (SELECT r.run_id FROM tieout_runs AS r
                  WHERE r.feed = :feed AND r.status IN ('reconciled', 'exported', 'done')
                  ORDER BY r.seq DESC LIMIT 1)
ORDER BY f.sha256
