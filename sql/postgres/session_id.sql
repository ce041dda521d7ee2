-- What another session calls this one, to cancel what it does. Asked first of all, whatever is on the search path.
SELECT CAST(pg_catalog.pg_backend_pid() AS pg_catalog.text)
