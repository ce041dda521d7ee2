-- What the manifest says of the server: defaults, not what this session was set to.
SELECT 'version', CAST(version() AS text)
UNION ALL SELECT 'encoding', CAST(pg_encoding_to_char(encoding) AS text) FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'collation', CAST(datcollate AS text) FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'time_zone', reset_val FROM pg_settings WHERE name = 'TimeZone'
