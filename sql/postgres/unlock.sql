-- Gives the feed's lock back, while the session goes on.
SELECT CAST(pg_advisory_unlock(CAST(:first AS integer), CAST(:second AS integer)) AS text)
