CREATE TABLE ours (id varchar(5), v varchar(5));
INSERT INTO ours VALUES ('1', 'x'), ('2', 'x'), ('3', 'z'), ('5', 'z');
