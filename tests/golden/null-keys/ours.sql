CREATE TABLE ours (a varchar(10), b varchar(10), v varchar(10));
INSERT INTO ours VALUES
    ('x', NULL, '1'),
    ('y', '', '2'),
    (NULL, 'z', '33'),
    (NULL, NULL, '4'),
    ('', '', '5'),
    (NULL, '', '5'),
    ('w', NULL, '6'),
    (NULL, 'only', '7');
