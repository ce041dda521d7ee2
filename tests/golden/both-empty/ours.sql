CREATE TABLE ours (id varchar(10), v varchar(10));
