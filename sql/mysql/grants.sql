-- The user's privileges, a GRANT a row.
SHOW GRANTS
