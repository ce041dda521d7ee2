-- SQLite's own plan of a statement, which is not executed.
EXPLAIN QUERY PLAN {statement}
