CREATE TABLE ours (id varchar(10), name varchar(20), note text);
INSERT INTO ours VALUES ('a', 'Name', 'Long text'), ('B', 'x', 'y');
