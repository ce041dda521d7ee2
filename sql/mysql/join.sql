-- The one statement that reads ours. Every row of ours appears once; `ours` stays NULL where it equals theirs.
INSERT INTO {join} (tieout_id, ours{total_names})
SELECT s.tieout_id,
       CASE WHEN {same} THEN NULL ELSE {our_row} END{total_values}
FROM (
{ours}
) AS ours
LEFT JOIN {stage} AS s ON {on} AND s.tieout_copy <= 1
