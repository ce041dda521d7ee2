CREATE TABLE ours (a varchar(10), b varchar(10), v varchar(10));
