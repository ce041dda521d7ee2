-- Takes the feed's lock without waiting: true or false. It is known to the whole server, so the database is part of its
-- name, which holds 64 characters at most.
SELECT CASE GET_LOCK(LEFT(CONCAT('tieout.', SHA2(CONCAT(database(), :name), 256)), 64), 0) WHEN 1 THEN 'true' ELSE 'false' END
