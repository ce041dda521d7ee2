-- Control totals of theirs; none where a number is longer than decimal(65, 30).
SELECT {group}, CAST(count(*) AS char),
       CASE WHEN sum({amount} REGEXP '^-?[0-9]{36}|[.][0-9]{31}') > 0 THEN NULL ELSE
       CAST(COALESCE(sum(CAST(NULLIF({amount}, '') AS decimal(65, 30))), 0) AS char) END
FROM {stage}
GROUP BY {group}
