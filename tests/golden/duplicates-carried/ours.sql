CREATE TABLE ours (id varchar(10), our_note varchar(40));
INSERT INTO ours VALUES ('1', 'M'), ('1', '"m"');
