CREATE TABLE ours (id varchar(10), amount decimal(10, 2), note varchar(10));
INSERT INTO ours VALUES ('equal', 1.00, 'n1'), ('note', 2.00, 'of ours'), ('amount', 3.00, 'n3'),
                        ('twice', 4.00, 'n4'), ('twice', 5.00, 'n5');
