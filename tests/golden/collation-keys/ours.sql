CREATE TABLE ours (a varchar(20), v varchar(10));
INSERT INTO ours VALUES
    ('abc', '1'),
    ('cafe', '2'),
    ('tail ', '3'),
    ('7', '4'),
    ('Zürich', '5'),
    ('strasse', '6'),
    ('blank ', '7'),
    ('lead', '8'),
    ('same éÉ', '9'),
    ('😁', '10');
