-- How this session is encrypted, as the server sees it: protocol and cipher, nothing where it is not.
SELECT CAST(version AS text), CAST(cipher AS text) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl
