-- The breaks of the run that are a matter of timing, and that no person accepted.
SELECT outcome, CAST(count(*) AS {text})
FROM tieout_results
WHERE run_id = :run_id AND timing_until IS NOT NULL AND accepted_until IS NULL
GROUP BY outcome
ORDER BY outcome
