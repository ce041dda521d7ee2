-- The server's own plan of a statement, which is not executed.
EXPLAIN FORMAT={format} {statement}
