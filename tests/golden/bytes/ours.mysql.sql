CREATE TABLE ours (id varbinary(8), digest blob);
INSERT INTO ours VALUES (X'00ff', X'0a1b'), (X'cafe', X'0a');
