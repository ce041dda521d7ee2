-- Control totals of theirs.
SELECT {group}, CAST(count(*) AS text), COALESCE(decimal_sum(NULLIF({amount}, '')), '0')
FROM {stage}
GROUP BY {group}
