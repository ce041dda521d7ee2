SELECT CAST(file_no AS {text}), CAST(record AS {text}), CAST(line AS {text}), CAST(byte AS {text}),
       column_name, value, reason
FROM tieout_rejects
WHERE run_id = :run_id
ORDER BY seq
