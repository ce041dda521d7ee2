CREATE TABLE ours (id varchar(10), amount decimal(10, 2));
INSERT INTO ours VALUES ('a', 1.1), ('b', 2.2);
