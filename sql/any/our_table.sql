-- A table of ours as it stands. It is prepared, to learn its columns, and never executed.
SELECT * FROM {table}
