-- Fails where another session holds the feed's lock; true where this one does.
SELECT CAST(CASE WHEN count(*) > 0 THEN 'true' ELSE 'another run of the feed is at work: stop here' END AS boolean)
FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND pid = pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND CAST(classid AS bigint) = CAST(:first AS bigint) & 4294967295
  AND CAST(objid AS bigint) = CAST(:second AS bigint) & 4294967295
