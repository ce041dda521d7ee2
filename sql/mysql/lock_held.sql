-- Fails ("more than 1 row") where another session holds the feed's lock; true where this one does.
SELECT CASE WHEN IS_USED_LOCK(LEFT(CONCAT('tieout.', SHA2(CONCAT(database(), :name), 256)), 64)) = CONNECTION_ID()
            THEN 'true'
            ELSE (SELECT 'another run of the feed is at work' UNION ALL SELECT 'stop here') END
