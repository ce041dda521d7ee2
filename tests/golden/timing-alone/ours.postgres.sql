CREATE TABLE ours (id varchar(40), at timestamptz);
INSERT INTO ours VALUES
    ('the newest is on Tuesday in Zurich', '2026-11-30 23:10:00+00'),
    ('ours end on Wednesday in Zurich', '2026-12-02 22:59:59+00'),
    ('both', '2026-11-27 07:00:00+00');
