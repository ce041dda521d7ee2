-- The server's version, for messages and the summary.
SELECT current_setting('server_version')
