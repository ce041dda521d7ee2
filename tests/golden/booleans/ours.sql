CREATE TABLE ours (id varchar(40), flag boolean, word varchar(5));
INSERT INTO ours VALUES
    ('yes', TRUE, 'yes'),
    ('no', FALSE, 'n'),
    ('one', TRUE, '1'),
    ('differs', FALSE, 'Y'),
    ('no value', NULL, NULL),
    ('no value is not false', FALSE, NULL),
    ('false is not no value', NULL, 't');
