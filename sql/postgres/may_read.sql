-- Whether the user may read a table of ours, as a whole or in part: the server asks only when a statement runs.
SELECT CAST(has_table_privilege(CAST(:table AS text), 'SELECT') OR has_any_column_privilege(CAST(:table AS text), 'SELECT') AS text)
