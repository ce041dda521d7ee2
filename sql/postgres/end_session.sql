-- Ends another session.
SELECT CAST(pg_terminate_backend({session}) AS text)
