CREATE TABLE ours (id varchar(40), at text);
INSERT INTO ours VALUES
    ('utc', '2026-03-31 12:00:00'),
    ('offset', '2026-03-31 12:00:00'),
    ('half-hour offset', '2026-03-31 12:00:00'),
    ('naive in summer', '2026-07-01 12:00:00'),
    ('naive in winter', '2025-12-31 23:30:00'),
    ('offset off by an hour', '2026-03-31 12:00:00'),
    ('one microsecond', '2026-03-31 12:00:00'),
    ('microseconds', '2026-03-31 12:00:00.123456'),
    ('last microsecond', '2026-03-31 12:00:00.123457'),
    ('trailing zeros', '2026-03-31 12:00:00.5'),
    ('midnight', '2026-03-31 00:00:00'),
    ('no value', NULL),
    ('leap day', '2028-02-29 23:59:59');
