-- The user as the server knows it (name@host), the database that tables are created in (nothing where the URL names
-- none), and whether LOAD DATA LOCAL is allowed (1 or 0).
SELECT CAST(current_user() AS char), CAST(database() AS char), CAST(@@global.local_infile + 0 AS char)
