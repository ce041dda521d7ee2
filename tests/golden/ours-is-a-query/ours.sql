CREATE TABLE ours (id varchar(10), amount decimal(10, 2), booked_on date, minimum integer, note varchar(10));
INSERT INTO ours VALUES
    ('a', 1, '2026-01-01', 5, ''),
    ('a', 2, '2026-01-31', 5, ''),
    ('a', 4, '2025-12-31', 5, ''),
    ('a', 8, '2026-02-01', 5, ''),
    ('b', 5.25, '2026-01-15', 10, ''),
    ('b', 32, '2026-01-15', 11, ''),
    ('c', 1, '2026-01-15', 9, ':text'),
    ('d', 2, '2026-01-02', 9, '');
