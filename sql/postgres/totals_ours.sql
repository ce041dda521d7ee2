-- Control totals of ours, from the rows that the join read; none where a number is too long to be one here.
SELECT {group}, CAST(count(*) AS text),
       CASE WHEN bool_or(length({amount}) >= {max_digits} AND {amount} ~ '^[0-9.-]+$') THEN NULL ELSE
       CAST(COALESCE(sum(CASE WHEN length({amount}) < {max_digits} AND {amount} ~ '^-?[0-9]+([.][0-9]+)?$'
                              THEN CAST({amount} AS numeric) END), 0) AS text) END
FROM {join}
WHERE outcome <> 'missing_in_ours'
GROUP BY {group}
