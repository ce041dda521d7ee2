-- Control totals of ours, from the rows that the join read.
SELECT {group}, CAST(count(*) AS char),
       CAST(COALESCE(sum(CASE WHEN {amount} REGEXP '^-?[0-9]+([.][0-9]+)?$' THEN CAST({amount} AS decimal(65, 30)) END), 0) AS char)
FROM {join}
WHERE outcome <> 'missing_in_ours'
GROUP BY {group}
