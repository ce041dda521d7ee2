-- SQLite has no exact decimals: there they are texts.
CREATE TABLE ours (id text, amount text, n integer);
INSERT INTO ours VALUES
    ('scale', '1.1', 1),
    ('minus zero', '0', 0),
    ('plus', '5', 5),
    ('leading zeros', '7.5', 7),
    ('no whole part', '0.5', 0),
    ('18 digits', '1234567890123456.79', 1),
    ('38 digits', '123456789012345678901234567890123456.79', 1),
    ('38 digits equal', '123456789012345678901234567890123456.78', 1),
    ('2^53+1', '0', 9007199254740992),
    ('2^53+1 equal', '0', 9007199254740993),
    ('one cent of a trillion', '1000000000000.02', 1),
    ('no value', NULL, NULL),
    ('zero against no value', NULL, NULL),
    ('bigint', '-0.01', -9223372036854775807);
