-- Control totals of theirs.
SELECT {group}, CAST(count(*) AS char), CAST(COALESCE(sum(CAST(NULLIF({amount}, '') AS decimal(65, 30))), 0) AS char)
FROM {stage}
GROUP BY {group}
