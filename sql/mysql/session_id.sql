-- What another session calls this one, to cancel what it does.
SELECT CAST(connection_id() AS char)
