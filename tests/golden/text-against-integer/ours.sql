CREATE TABLE ours (id integer, code integer, n varchar(10));
INSERT INTO ours VALUES (1, 42, '42'), (2, 42, '042'), (3, 7, '7'), (4, -5, '-5.0');
