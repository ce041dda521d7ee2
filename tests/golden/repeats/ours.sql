CREATE TABLE ours (id varchar(5), all_lines varchar(40), how_many integer, first_line varchar(10), last_line varchar(10));
INSERT INTO ours VALUES
    ('1', 'one; two; three', 3, 'one', 'three'),
    ('2', 'only', 1, 'only', 'only'),
    ('3', NULL, 0, NULL, NULL),
    ('4', 'a;b', 1, 'b', 'a');
