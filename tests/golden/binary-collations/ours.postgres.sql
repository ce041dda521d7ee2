CREATE TABLE ours (id varchar(10) COLLATE "C", name varchar(20) COLLATE "C", note text COLLATE "C");
INSERT INTO ours VALUES ('a', 'Name', 'Long text'), ('B', 'x', 'y');
