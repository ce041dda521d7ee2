CREATE TABLE ours (id varchar(5), text varchar(20), eref varchar(10), status varchar(10), bank varchar(10), file varchar(20), n integer, amount decimal(10, 2), rate decimal(10, 4));
INSERT INTO ours VALUES
    ('AB1', 'two words', 'X42', 'B', 'ACME', 'theirs.xml', 1, 1234.5, 0.125),
    ('AB2', NULL, NULL, 'open', 'ACME', 'theirs.xml', 2, -7, 3);
