-- Cancels the statement of another session, which goes on.
SELECT CAST(pg_cancel_backend({session}) AS text)
