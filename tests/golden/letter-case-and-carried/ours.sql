CREATE TABLE ours (id varchar(10), name varchar(40), our_note varchar(40));
INSERT INTO ours VALUES ('1', 'MAIN street', 'n1'), ('2', 'Main Straat', NULL), ('3', 'Same', 'other'), ('5', 'ours', 'kept');
