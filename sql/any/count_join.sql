-- Rows per outcome: all, those that theirs has a part in, the sum of their ids, those that ours has a part in.
SELECT outcome,
       CAST(count(*) AS {text}),
       CAST(count(tieout_id) AS {text}),
       CAST(COALESCE(sum(tieout_id), 0) AS {text})
FROM {join}
GROUP BY outcome
ORDER BY outcome
