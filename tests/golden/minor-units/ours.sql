CREATE TABLE ours (id varchar(40), currency varchar(3), amount decimal(20,6), branch varchar(3), fee decimal(20,6));
INSERT INTO ours VALUES
    ('both', 'JPY', 100.5, 'JPY', 0.5),
    ('theirs only', 'JPY', 7, 'JPY', 0.5),
    ('ours only', 'JPY', 9.99, 'JPY', 0.5),
    ('whole', 'JPY', 100, 'JPY', 0.5),
    ('ours by number', '392', 5.5, 'JPY', 0.5),
    ('dinar', 'KWD', 1.125, 'JPY', 0.5),
    ('fine dinar', 'KWD', 1.125, 'JPY', 0.5),
    ('cents', 'EUR', 1.25, 'JPY', 0.5),
    ('tenth of a cent', 'EUR', 1.255, 'JPY', 0.5),
    ('moved', 'JPY', 2.5, 'JPY', 0.5),
    ('francs', 'CHF', 1.05, 'JPY', 0.5),
    ('nothing', 'JPY', NULL, 'JPY', 0.5),
    ('other branch', 'CHF', 1, 'ZH1', 0.5),
    ('missing in theirs', 'JPY', 3.5, 'JPY', 0.5);
