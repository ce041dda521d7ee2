-- The table's seq, a number: Postgres would sort by the text that is selected under that name.
SELECT outcome, differing, row_key, theirs, ours, checksum_theirs, checksum_ours,
       CAST(file_no AS {text}), CAST(record AS {text}), CAST(line AS {text}), CAST(seq AS {text})
FROM tieout_results
WHERE run_id = :run_id
ORDER BY tieout_results.seq
