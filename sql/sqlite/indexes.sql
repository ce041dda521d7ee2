-- (index, column) of the primary key and of every index of a table of ours, in order.
SELECT name, field
FROM (
    SELECT i.name AS name, c.seqno AS place, COALESCE(c.name, '(an expression)') AS field
    FROM pragma_index_list(:table) AS i
    JOIN pragma_index_info(i.name) AS c
    UNION ALL
    SELECT 'PRIMARY KEY', pk, name FROM pragma_table_info(:table) WHERE pk > 0
)
ORDER BY name, place
