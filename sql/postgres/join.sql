-- The one statement that reads ours. Every row of ours appears once, every row of theirs that stands for its key at
-- least once.
-- The rows of a pair are equal where `ours` is NULL; otherwise that is our row.
INSERT INTO {join} (tieout_id, outcome, ours{total_names})
SELECT s.tieout_id,
       CASE WHEN {presence} IS NULL THEN 'missing_in_ours' WHEN s.tieout_id IS NULL THEN 'missing_in_theirs' ELSE 'pair' END,
       CASE WHEN {same} THEN NULL
            ELSE {our_row} END{total_values}
FROM (
    SELECT {canonical}
    FROM (
{ours}
    ) AS ours
) AS o
FULL JOIN (
    SELECT * FROM {stage} WHERE tieout_seen = 0
) AS s ON {on}
