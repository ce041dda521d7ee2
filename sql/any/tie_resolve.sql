-- ... All of them come back once each. Equal rows cancel one for one: the first of theirs with the first of ours, and so on. A
-- single row left on each side is a pair to compare; whatever else is left is a duplicate.
INSERT INTO {join} (tieout_id, outcome, ours)
WITH numbered AS (
    SELECT side, tieout_id, key_group, row_group, ours,
           row_number() OVER (PARTITION BY side, key_group, row_group ORDER BY {their_order}, {our_order}) AS nth
    FROM {rows}
),
cancelled AS (
    SELECT side, tieout_id, key_group, ours,
           count(*) OVER same AS sides,
           max(CASE WHEN side = 'ours' THEN ours END) OVER same AS equal_row
    FROM numbered
    WINDOW same AS (PARTITION BY key_group, row_group, nth)
),
counted AS (
    SELECT side, tieout_id, ours, sides, equal_row,
           sum(CASE WHEN sides = 1 AND side = 'theirs' THEN 1 ELSE 0 END) OVER one_key AS theirs_left,
           sum(CASE WHEN sides = 1 AND side = 'ours' THEN 1 ELSE 0 END) OVER one_key AS ours_left,
           -- A row of ours without a partner, where there is one.
           first_value(ours) OVER (PARTITION BY key_group ORDER BY sides, side) AS only_row
    FROM cancelled
    WINDOW one_key AS (PARTITION BY key_group)
)
SELECT tieout_id,
       CASE WHEN sides = 2 OR (theirs_left = 1 AND ours_left = 1) THEN 'pair'
            WHEN side = 'theirs' THEN 'duplicate_in_theirs'
            ELSE 'duplicate_in_ours' END,
       CASE WHEN sides = 2 THEN CASE WHEN ours = equal_row THEN NULL ELSE equal_row END
            WHEN theirs_left = 1 AND ours_left = 1 THEN only_row
            WHEN side = 'ours' THEN ours END
FROM counted
-- A row of ours that has a partner is told with it.
WHERE side = 'theirs'
   OR NOT (sides = 2 OR (theirs_left = 1 AND ours_left = 1))
