-- Control totals of ours, from the rows that the join read.
SELECT {group}, CAST(count(*) AS text),
       COALESCE(decimal_sum(CASE WHEN {amount} NOT GLOB '*[^0-9.-]*' THEN NULLIF({amount}, '') END), '0')
FROM {join}
WHERE outcome <> 'missing_in_ours'
GROUP BY {group}
