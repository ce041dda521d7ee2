-- Control totals of ours, from the rows that the join read.
SELECT {group}, CAST(count(*) AS text),
       CAST(COALESCE(sum(CASE WHEN {amount} ~ '^-?[0-9]+([.][0-9]+)?$' THEN CAST({amount} AS numeric) END), 0) AS text)
FROM {join}
WHERE outcome <> 'missing_in_ours'
GROUP BY {group}
