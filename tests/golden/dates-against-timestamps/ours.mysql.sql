CREATE TABLE ours (id varchar(5), at date, local datetime(3));
INSERT INTO ours VALUES ('a', '2026-01-31', '2026-03-29 02:30:00'), ('b', '2026-01-31', '2026-03-29 02:30:00.250');
