CREATE TABLE ours (reference varchar(20), amount decimal(12, 2), currency varchar(3), booked date, memo varchar(20));
INSERT INTO ours VALUES
    ('inv1002', 100.50, 'EUR', '2026-01-05', 'rent'),
    ('ref-9', 100.50, 'EUR', '2026-01-04', 'other'),
    ('77', -40, 'CHF', '2026-02-02', 'fee'),
    ('4711/A', 5, 'EUR', '2026-02-01', 'y'),
    ('e5', 9, 'EUR', '2026-03-06', NULL),
    ('both', 1, 'EUR', '2026-01-01', NULL),
    ('Q', 7, 'EUR', '2026-01-10', NULL),
    ('p', 7, 'EUR', '2026-01-10', NULL),
    ('D', 8, 'EUR', '2026-01-10', NULL),
    ('T', -30, 'GBP', '2026-01-12', NULL),
    ('empty', NULL, 'EUR', '2026-01-10', NULL),
    ('dateless', 77, 'EUR', NULL, NULL);
