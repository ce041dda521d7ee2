-- Rows per outcome: all, those that theirs has a part in, the sums of their file and record numbers, and the equal pairs
-- of the audit's sample.
SELECT outcome,
       CAST(count(*) AS {text}),
       CAST(count(tieout_id) AS {text}),
       CAST(COALESCE(sum({file_no}), 0) AS {text}),
       CAST(COALESCE(sum({record}), 0) AS {text}),
       CAST(sum(CASE WHEN outcome = 'matched' AND {sampled} THEN 1 ELSE 0 END) AS {text})
FROM (
    SELECT tieout_id,
           CASE WHEN outcome <> 'pair' THEN outcome WHEN ours IS NULL THEN 'matched' ELSE 'compare' END AS outcome
    FROM {join}
) AS j
GROUP BY outcome
ORDER BY outcome
