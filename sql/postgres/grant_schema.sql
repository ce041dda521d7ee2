-- What an administrator runs so that tieout's own tables can be created. It is printed, never executed.
GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}
