CREATE TABLE ours (bank_ref varchar(10), amount_cents integer, fiscal_year integer);
INSERT INTO ours VALUES ('r1', 1250, 2025), ('r2', -7, 2025), ('r3', 29, 2025), ('r4', 100000001, 2025);
