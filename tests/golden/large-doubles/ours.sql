CREATE TABLE ours (id varchar(5), n double precision);
INSERT INTO ours VALUES ('a', 123456789012345680e0), ('b', 1.2345678901234567e20), ('c', 1500000000000000.5e0), ('d', -1e22);
