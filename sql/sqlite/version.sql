-- The version of the SQLite that is linked in, for messages and the summary.
SELECT sqlite_version()
