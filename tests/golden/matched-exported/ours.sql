CREATE TABLE ours (id varchar(10), amount decimal(10, 2), name varchar(10));
INSERT INTO ours VALUES ('equal', 1.5, 'n'), ('close', 1.5, 'n'), ('case', 2, 'n'), ('twice', 3, 'n'), ('twice', 3, 'n'), ('far', 8, 'n'), ('empty', NULL, '');
