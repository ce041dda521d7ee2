-- What another session calls this one, to cancel what it does.
SELECT CAST(pg_backend_pid() AS text)
