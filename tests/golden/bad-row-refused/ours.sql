CREATE TABLE ours (id varchar(40), amount decimal(10, 2));
