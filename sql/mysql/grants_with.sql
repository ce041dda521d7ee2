-- The user's privileges and those of roles, a GRANT a row.
SHOW GRANTS FOR CURRENT_USER() USING {roles}
