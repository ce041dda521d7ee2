CREATE TABLE ours (a varchar(10), b varchar(10));
INSERT INTO ours VALUES
    ('a', 'bc'),
    ('x', 'y|z'),
    ('n\\', 'm'),
    ('q"', 'r');
