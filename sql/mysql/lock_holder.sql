-- The session that holds the feed's lock.
SELECT CAST(id AS char) FROM (
    SELECT IS_USED_LOCK(LEFT(CONCAT('tieout.', SHA2(CONCAT(database(), :name), 256)), 64)) AS id
) AS holder
WHERE id IS NOT NULL
