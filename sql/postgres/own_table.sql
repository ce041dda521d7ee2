-- What an administrator runs so that a work table can be made again. It is printed, never executed.
ALTER TABLE {table} OWNER TO {user}
