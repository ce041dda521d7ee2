CREATE TABLE ours (id varchar(40), amount decimal(10, 2), currency varchar(3), booked_on date);
INSERT INTO ours VALUES
    ('both', 1, 'EUR', '2026-11-30'),
    ('differs', 2, 'EUR', '2026-11-30'),
    ('ours wed', 4, 'EUR', '2026-11-25'),
    ('ours thu', 8, 'EUR', '2026-11-26'),
    ('ours sat', 16, 'EUR', '2026-11-28'),
    ('ours mon', 32, 'EUR', '2026-11-30'),
    ('ours wed after', 64, 'EUR', '2026-12-02'),
    ('ours thu after', 128, 'EUR', '2026-12-03'),
    ('ours without a day', 256, 'EUR', NULL),
    ('twice', 512, 'EUR', '2026-11-30'),
    ('twice', 512, 'EUR', '2026-11-30');
