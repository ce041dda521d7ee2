CREATE TABLE ours (account varchar(10), day date, amount decimal(10, 2));
INSERT INTO ours VALUES
    ('1', '2026-01-02', 10),
    ('2', '2026-01-02', 7.5),
    ('2', '2026-01-01', 7.5),
    ('2', '2026-01-03', 0),
    ('3', '2026-01-02', 1);
