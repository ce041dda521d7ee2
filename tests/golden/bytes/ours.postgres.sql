CREATE TABLE ours (id bytea, digest bytea);
INSERT INTO ours VALUES ('\x00ff', '\x0a1b'), ('\xcafe', '\x0a');
