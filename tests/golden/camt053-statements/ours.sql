CREATE TABLE ours (
    statement varchar(35) NOT NULL,
    reference varchar(35) NOT NULL,
    amount    decimal(18, 2),
    currency  varchar(3),
    booked_on date,
    account   varchar(34),
    PRIMARY KEY (statement, reference)
);
INSERT INTO ours VALUES
    ('ST-1', 'N1', -150.50, 'CHF', '2026-03-30', 'CH5604835012345678009'),
    ('ST-1', 'T2', 20, 'CHF', '2026-03-30', 'CH5604835012345678009'),
    ('ST-1', 'T3a', 2, 'CHF', '2026-03-31', 'CH5604835012345678009'),
    ('ST-1', 'N4', 999, 'CHF', '2026-04-01', 'CH5604835012345678009'),
    ('ST-2', 'N1', 9.99, 'EUR', '2026-03-30', '4711');
