-- What the manifest says of the database; SQLite has no time zone, and compares bytes unless a column says otherwise.
SELECT 'version', sqlite_version()
UNION ALL SELECT 'encoding', encoding FROM pragma_encoding
