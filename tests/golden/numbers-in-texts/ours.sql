CREATE TABLE ours (id varchar(20), n varchar(20), m varchar(20));
INSERT INTO ours VALUES
    ('letters', 'abc', 'abc'),
    ('exponent', '1e3', '1e3'),
    ('blanks', ' 12.50 ', ' 12.50 '),
    ('plus', '+7', '+7'),
    ('comma', '1,5', '1,5'),
    ('point', '.5', '.5'),
    ('empty', '', ''),
    ('minus', '-', '-'),
    ('two points', '1.2.0', '1.2.0'),
    ('zero', '-0.0', '-0.0'),
    ('blank only', ' ', ' ');
