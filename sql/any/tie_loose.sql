-- ... What is left of these keys, where rows of both sides agree in everything but tolerances and letter case. The program
-- pairs the nearest (docs/verdict.md, "Repeated keys"), and names the partner of each in a row of the side 'near'.
SELECT key_group, agreeing, side, CAST(tieout_id AS {text}), row_group, loose
FROM (
    SELECT side, tieout_id, key_group, agreeing, CASE WHEN side = 'ours' THEN row_group END AS row_group, loose,
           -- Not max(), which MariaDB takes quadratic time for.
           sum(CASE WHEN side = 'theirs' THEN 1 ELSE 0 END) OVER one_block AS of_theirs,
           sum(CASE WHEN side = 'ours' THEN 1 ELSE 0 END) OVER one_block AS of_ours
    FROM (
        SELECT side, tieout_id, key_group, row_group,
               {agreeing} AS agreeing,
               {loose} AS loose
        FROM (
            SELECT side, tieout_id, key_group, row_group, ours,
                   count(*) OVER (PARTITION BY key_group, row_group, nth) AS sides
            FROM (
                SELECT side, tieout_id, key_group, row_group, ours,
                       row_number() OVER (PARTITION BY side, key_group, row_group ORDER BY tieout_id) AS nth
                FROM {tie}
            ) AS numbered
        ) AS cancelled
        WHERE sides = 1
    ) AS uncancelled
    WINDOW one_block AS (PARTITION BY key_group, agreeing)
) AS blocks
WHERE of_theirs > 0
  AND of_ours > 0
ORDER BY key_group, agreeing
