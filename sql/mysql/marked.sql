-- The session that has a mark.
SELECT CAST(id AS char) FROM (SELECT IS_USED_LOCK(CONCAT('tieout session ', :mark)) AS id) AS marked WHERE id IS NOT NULL
