-- The breaks of the feed's last reconciled run, typed as far as their texts allow, for whoever asks by SQL.
CREATE VIEW {view} AS
SELECT r.break_id, r.outcome, {keys}, r.differing, {values},
       f.name AS source_file, r.record, r.line, r.life, r.first_seen, r.runs_open, r.accepted_until{timing}
FROM tieout_results AS r
LEFT JOIN tieout_files AS f ON f.run_id = r.run_id AND f.file_no = r.file_no
WHERE r.outcome <> 'matched'
  AND r.run_id = (SELECT t.run_id FROM tieout_runs AS t
                  WHERE t.feed = {feed} AND t.status IN ('reconciled', 'exported', 'done')
                  ORDER BY t.seq DESC LIMIT 1)
