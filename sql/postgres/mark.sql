-- Marks this session for as long as it lives, so that another one can find it: true or false.
SELECT CAST(pg_try_advisory_lock(CAST(:mark AS bigint)) AS text)
