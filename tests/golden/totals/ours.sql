CREATE TABLE ours (id varchar(10), currency varchar(3), amount decimal(38, 2));
INSERT INTO ours VALUES
    ('a', 'CHF', 100.00),
    ('b', 'CHF', 50.75),
    ('c', 'EUR', 7),
    ('d', 'EUR', 1),
    ('f', 'EUR', 30),
    ('g', 'CHF', 3),
    ('g', 'CHF', 4),
    ('m', 'EUR', 5),
    ('t', 'CHF', 2.00),
    ('n', '', 4),
    ('big', 'JPY', 123456789012345678901234567890.13),
    ('none', 'CHF', NULL);
