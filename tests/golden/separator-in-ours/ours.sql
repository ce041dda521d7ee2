CREATE TABLE ours (id varchar(10), v varchar(10));
INSERT INTO ours VALUES ('a', 'b'), ('cd', 'e');
