CREATE TABLE ours (id varchar(10), leg integer, payer varchar(40), amount decimal(12, 2), as_of date);
INSERT INTO ours VALUES ('A', 1, 'North & Co', 10, '2026-03-31'), ('A', 2, 'North & Co', 20, '2026-03-31'), ('B', 1, 'SOUTH', 5, '2026-03-30');
