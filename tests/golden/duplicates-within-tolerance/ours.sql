CREATE TABLE ours (id varchar(10), amount decimal(10, 2));
INSERT INTO ours VALUES ('close', 20.00), ('close', 10.01), ('far', 10), ('far', 20.02);
