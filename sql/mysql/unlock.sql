-- Gives the feed's lock back, while the session goes on.
SELECT CAST(RELEASE_LOCK(LEFT(CONCAT('tieout.', SHA2(CONCAT(database(), :name), 256)), 64)) AS char)
