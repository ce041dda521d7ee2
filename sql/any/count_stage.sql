-- What was staged: rows, and the sum of their ids.
SELECT CAST(count(*) AS {text}), CAST(COALESCE(sum(tieout_id), 0) AS {text})
FROM {stage}
