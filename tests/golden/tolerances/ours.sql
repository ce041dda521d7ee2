CREATE TABLE ours (id varchar(40), amount decimal(20, 6), price decimal(20, 6));
INSERT INTO ours VALUES
    ('equal', 10, 10),
    ('at the limit', 10, 100),
    ('at the limit below', 10, 100),
    ('just beyond', 10, 100),
    ('beyond below', 10, 100),
    ('no value in theirs', 10, 100),
    ('no value in ours', NULL, NULL),
    ('no value in both', NULL, NULL),
    ('negative', -10, -100),
    ('sign', -0.01, 100),
    ('percent of nothing', 0, 0),
    ('zero', 0, 0),
    ('crosses zero', -0.005, 1);
