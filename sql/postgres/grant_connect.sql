-- What an administrator runs so that the database can be entered. It is printed, never executed.
GRANT CONNECT ON DATABASE {database} TO {user}
