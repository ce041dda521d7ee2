CREATE TABLE ours (id varchar(5), name varchar(20));
INSERT INTO ours VALUES ('1', 'école'), ('2', 'Zürich'), ('3', 'αθηνα'), ('4', 'ecole');
