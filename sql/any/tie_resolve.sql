-- ... and come back once each. Equal rows cancel one for one; a single row left on each side is a pair
-- to compare; whatever else is left is a duplicate.
INSERT INTO {join} (tieout_id, outcome, ours)
WITH numbered AS (
    SELECT side, tieout_id, row_key, compared, ours,
           row_number() OVER (PARTITION BY side, row_key, compared ORDER BY tieout_id, {our_order}) AS nth
    FROM {tie}
),
cancelled AS (
    SELECT t.tieout_id, t.row_key, t.compared, t.nth, t.ours AS their_row, o.ours AS our_row
    FROM numbered AS t
    JOIN numbered AS o ON o.row_key = t.row_key AND o.compared = t.compared AND o.nth = t.nth
    WHERE t.side = 'theirs'
      AND o.side = 'ours'
),
remaining AS (
    SELECT n.side, n.tieout_id, n.row_key, n.ours
    FROM numbered AS n
    LEFT JOIN cancelled AS c ON c.row_key = n.row_key AND c.compared = n.compared AND c.nth = n.nth
    WHERE c.row_key IS NULL
),
counted AS (
    SELECT row_key,
           sum(CASE WHEN side = 'theirs' THEN 1 ELSE 0 END) AS theirs,
           sum(CASE WHEN side = 'ours' THEN 1 ELSE 0 END) AS ours
    FROM remaining
    GROUP BY row_key
)
SELECT tieout_id, 'pair', CASE WHEN their_row = our_row THEN NULL ELSE our_row END
FROM cancelled
UNION ALL
SELECT t.tieout_id, 'pair', o.ours
FROM counted AS c
JOIN remaining AS t ON t.row_key = c.row_key AND t.side = 'theirs'
JOIN remaining AS o ON o.row_key = c.row_key AND o.side = 'ours'
WHERE c.theirs = 1 AND c.ours = 1
UNION ALL
SELECT r.tieout_id, 'duplicate_in_theirs', NULL
FROM counted AS c
JOIN remaining AS r ON r.row_key = c.row_key
WHERE r.side = 'theirs' AND NOT (c.theirs = 1 AND c.ours = 1)
UNION ALL
SELECT NULL, 'duplicate_in_ours', r.ours
FROM counted AS c
JOIN remaining AS r ON r.row_key = c.row_key
WHERE r.side = 'ours' AND NOT (c.theirs = 1 AND c.ours = 1)
