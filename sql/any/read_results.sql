-- Sorted by the number: a bare `seq` would mean the text that is selected under that name.
SELECT outcome, differing, row_key, theirs, ours, checksum_theirs, checksum_ours,
       CAST(file_no AS {text}), CAST(record AS {text}), CAST(line AS {text}), CAST(seq AS {text}),
       break_id, fingerprint, life, first_seen, CAST(runs_open AS {text}), accepted_until, accepted_owner, accepted_reason,
       timing_until
FROM tieout_results AS r
WHERE run_id = :run_id
ORDER BY r.seq
