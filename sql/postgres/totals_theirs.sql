-- Control totals of theirs.
SELECT {group}, CAST(count(*) AS text), CAST(COALESCE(sum(CAST(NULLIF({amount}, '') AS numeric)), 0) AS text)
FROM {stage}
GROUP BY {group}
