CREATE TABLE ours (id varchar(10), amount decimal(10, 2), day date);
INSERT INTO ours VALUES ('a', 1, NULL), ('b', 2, NULL), ('i', 9, NULL);
