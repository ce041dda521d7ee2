-- What an administrator runs so that one of tieout's own tables can be used. It is printed, never executed.
GRANT {privileges} ON {table} TO {user}
