-- The one statement that reads ours. Every row of ours appears once; unmet finds what is left of theirs.
-- The rows of a pair are equal where `ours` is NULL; otherwise that is our row.
INSERT INTO {join} (tieout_id, outcome, ours{total_names})
SELECT s.tieout_id,
       CASE WHEN s.tieout_id IS NULL THEN 'missing_in_theirs' ELSE 'pair' END,
       CASE WHEN {same} THEN NULL
            ELSE {our_row} END{total_values}
FROM (
    SELECT {canonical}
    FROM (
{ours}
    ) AS ours
) AS o
LEFT JOIN {stage} AS s ON {on} AND s.tieout_seen = 0
