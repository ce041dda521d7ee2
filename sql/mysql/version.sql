-- The server's version, for messages and the summary; MariaDB names itself in it.
SELECT CAST(version() AS char)
