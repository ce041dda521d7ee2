-- The one statement that reads ours. Every row of ours appears once; `ours` stays NULL where it equals theirs.
INSERT INTO {join} (tieout_id, outcome, ours{total_names})
SELECT s.tieout_id,
       CASE WHEN s.tieout_id IS NULL THEN 'missing_in_theirs' WHEN {same} THEN 'matched' ELSE 'compare' END,
       CASE WHEN {same} THEN NULL ELSE {our_payload} END{total_values}
FROM (
    SELECT {canonical}
    FROM (
{ours}
    ) AS ours
) AS o
LEFT JOIN {stage} AS s ON {on} AND s.tieout_copy <= 1
