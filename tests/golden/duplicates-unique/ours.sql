CREATE TABLE ours (id varchar(40) NOT NULL PRIMARY KEY, amount decimal(10, 2));
INSERT INTO ours VALUES
    ('two-equal-against-one', 10),
    ('one-against-two-equal', 11),
    ('two-equal-against-two', 12),
    ('a-b-against-b-a', 2),
    ('a-a-b-against-a-c', 1),
    ('a-b-against-a-c', 3),
    ('a-against-b-b', 2),
    ('a-against-b-c', 2),
    ('only-ours-twice', 7),
    ('only-ours-twice-differing', 8),
    ('once-each', 5),
    ('once-each-differing', 6),
    ('only-ours', 6);
