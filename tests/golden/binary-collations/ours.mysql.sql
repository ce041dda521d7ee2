CREATE TABLE ours (id varchar(10) COLLATE utf8mb4_bin, name char(20) COLLATE utf8mb4_bin, note text COLLATE utf8mb4_bin);
INSERT INTO ours VALUES ('a', 'Name', 'Long text'), ('B', 'x', 'y');
