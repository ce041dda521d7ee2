-- The results of some outcomes, in one of the two orders; as read_results.
SELECT outcome, differing, row_key, theirs, ours, checksum_theirs, checksum_ours,
       CAST(file_no AS {text}), CAST(record AS {text}), CAST(line AS {text}), CAST(seq AS {text}),
       break_id, fingerprint, life, first_seen, CAST(runs_open AS {text}), accepted_until, accepted_owner, accepted_reason,
       timing_until
FROM tieout_results AS r
WHERE run_id = :run_id AND outcome IN ({outcomes})
ORDER BY r.seq {direction}
