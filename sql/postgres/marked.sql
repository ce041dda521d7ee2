-- The session that has a mark. The class is that of all marks: no lock of another program is meant.
SELECT CAST(pid AS text) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND CAST(classid AS bigint) = 1953064303 AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND CAST(classid AS bigint) * 4294967296 + CAST(objid AS bigint) = CAST(:mark AS bigint)
