-- What an administrator runs so that the tables of a schema can be named. It is printed, never executed.
GRANT USAGE ON SCHEMA {schema} TO {user}
