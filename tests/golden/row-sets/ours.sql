CREATE TABLE row_sets_balances (statement varchar(10), kind varchar(4), amount decimal(12, 2));
CREATE TABLE row_sets_entries (statement varchar(10), reference varchar(10), amount decimal(12, 2));
INSERT INTO row_sets_balances VALUES ('S1', 'OPBD', 100), ('S1', 'CLBD', -50);
INSERT INTO row_sets_entries VALUES ('S1', 'N1', 30), ('S1', 'N2', 121), ('S1', 'N3', 1);
