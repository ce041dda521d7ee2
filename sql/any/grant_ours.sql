-- What an administrator runs so that ours can be read. It is printed, never executed.
GRANT SELECT ON {table} TO {user}
