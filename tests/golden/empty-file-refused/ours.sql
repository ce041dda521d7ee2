CREATE TABLE ours (id varchar(10), v varchar(10));
INSERT INTO ours VALUES ('a', '1'), ('b', '2');
