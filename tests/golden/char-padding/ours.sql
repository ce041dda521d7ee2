CREATE TABLE ours (id char(8), v char(8));
INSERT INTO ours VALUES ('a', 'x'), ('bc', 'y');
