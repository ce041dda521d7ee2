CREATE TABLE ours (id varchar(40), due date, traded timestamp);
INSERT INTO ours VALUES
    ('equal', '2026-03-31', '2026-03-31 00:00:00'),
    ('next day in UTC', '2026-04-01', '2026-03-31 00:00:00'),
    ('day and month swapped', '2026-02-01', '2026-01-02 00:00:00'),
    ('time of day in ours', '2026-01-05', '2026-01-05 08:00:00'),
    ('no value', NULL, NULL);
