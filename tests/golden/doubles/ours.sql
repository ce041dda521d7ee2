CREATE TABLE ours (id varchar(5), exact double precision, close double precision);
INSERT INTO ours VALUES ('a', 0.30000000000000004e0, 0.30000000000000004e0), ('b', 1250.5e0, 1e0), ('c', 1e-7, 0e0), ('d', 1e22, 1e0), ('e', 0e0, 0e0), ('f', 1.234567890123457e-5, -1.5e-5), ('g', 1234567890.1e0, 1e0);
