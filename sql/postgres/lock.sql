-- Takes the feed's lock without waiting: true or false. The two numbers are the beginning of a digest of its name.
SELECT CAST(pg_try_advisory_lock(CAST(:first AS integer), CAST(:second AS integer)) AS text)
