-- What an administrator runs so that tieout's own tables can be created and filled. It is printed, never executed.
GRANT {privileges} ON {database}.* TO {user}
