-- What was recorded, per outcome.
SELECT outcome, CAST(count(*) AS {text})
FROM tieout_results
WHERE run_id = :run_id
GROUP BY outcome
ORDER BY outcome
