-- Control totals of ours, from the rows that the join read; none where a number is longer than decimal(65, 30).
SELECT {group}, CAST(count(*) AS char),
       CASE WHEN sum({amount} REGEXP '^-?[0-9]{36}|[.][0-9]{31}') > 0 THEN NULL ELSE
       CAST(COALESCE(sum(CASE WHEN {amount} REGEXP '^-?[0-9]+([.][0-9]+)?$' THEN CAST({amount} AS decimal(65, 30)) END), 0) AS char) END
FROM {join}
WHERE outcome <> 'missing_in_ours'
GROUP BY {group}
