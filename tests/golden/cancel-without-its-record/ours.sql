CREATE TABLE ours (id varchar(20), amount decimal(10,2));
INSERT INTO ours VALUES ('b1', 30), ('r2', 12), ('v', 3), ('a2', 20);
