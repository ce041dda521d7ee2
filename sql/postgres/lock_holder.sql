-- The session that holds the feed's lock.
SELECT CAST(pid AS text) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND CAST(classid AS bigint) = CAST(:first AS bigint) & 4294967295
  AND CAST(objid AS bigint) = CAST(:second AS bigint) & 4294967295
