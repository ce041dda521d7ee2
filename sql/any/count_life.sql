-- What became of the breaks of the run, and how many of them are accepted.
SELECT life, CAST(count(*) AS {text}), CAST(count(accepted_until) AS {text})
FROM tieout_results
WHERE run_id = :run_id AND outcome <> 'matched'
GROUP BY life
ORDER BY life
