CREATE TABLE ours (id varchar(5), ":from {theirs} ?" varchar(5), "it's -- 100%" varchar(5));
INSERT INTO ours VALUES ('1', 'x', 'y'), ('2', 'x', 'y');
