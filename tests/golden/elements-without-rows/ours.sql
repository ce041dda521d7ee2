CREATE TABLE ours (account varchar(10) NOT NULL, id varchar(10) NOT NULL, day date, amount decimal(10, 2));
INSERT INTO ours VALUES ('A', '1', '2026-03-02', 10);
INSERT INTO ours VALUES ('A', '0', '2026-03-01', 1);
INSERT INTO ours VALUES ('B', '2', '2026-03-02', 20);
INSERT INTO ours VALUES ('C', '3', '2026-03-03', 30);
INSERT INTO ours VALUES ('D', '4', '2026-03-02', 40);
