CREATE TABLE ours (id varchar(5), n integer);
INSERT INTO ours VALUES ('a', 1);
