-- The user as the server knows it (name@host), the database that tables are created in (nothing where the URL names
-- none), and the roles that are in force.
SELECT CAST(current_user() AS char), CAST(database() AS char), CAST(current_role() AS char)
