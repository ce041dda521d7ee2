-- The one statement that reads ours. Every row of ours appears once, every row of theirs at least once.
INSERT INTO {join} (tieout_id, outcome, ours{total_names})
SELECT s.tieout_id,
       CASE WHEN o.tieout_row IS NULL THEN 'missing_in_ours'
            WHEN s.tieout_id IS NULL THEN 'missing_in_theirs'
            WHEN {same} THEN 'matched'
            ELSE 'compare' END,
       CASE WHEN s.tieout_id IS NOT NULL AND {same} THEN NULL ELSE o.tieout_row END{total_values}
FROM (
    SELECT c.*, encode(sha256(convert_to({exact_row}, 'UTF8')), 'hex') AS tieout_checksum
    FROM (
        SELECT {canonical},
               {our_row} AS tieout_row{exact_column}
        FROM (
{ours}
        ) AS ours
        OFFSET 0   -- keeps the planner from computing the text twice ...
    ) AS c
    OFFSET 0       -- ... and the checksum
) AS o
FULL JOIN {stage} AS s ON {on} AND s.tieout_copy <= 1
