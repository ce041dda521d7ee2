-- What the manifest says of the server: defaults, not what this session was set to.
SELECT 'version', CAST(@@global.version AS char)
UNION ALL SELECT 'character_set', CAST(@@character_set_database AS char)
UNION ALL SELECT 'collation', CAST(@@collation_database AS char)
UNION ALL SELECT 'sql_mode', CAST(@@global.sql_mode AS char)
UNION ALL SELECT 'time_zone', CAST(CONCAT(@@global.time_zone, ' (', @@global.system_time_zone, ')') AS char)
