CREATE TABLE ours (
    account  varchar(20) NOT NULL,
    card     varchar(20),
    currency varchar(3),
    balance  decimal(12, 2),
    main     varchar(1),
    expires  date
);
INSERT INTO ours VALUES
    ('00017', 'c1', 'CHF', 100.50, 'Y', '2027-01-31'),
    ('00017', 'c2', 'CHF', 100.50, 'N', '2028-02-28'),
    ('00018', NULL, 'EUR', -3.00, NULL, NULL),
    ('00019', 'c3', 'EUR', 20.25, 'Y', NULL),
    ('00020', '', '840', 1, NULL, NULL),
    ('00021', NULL, 'CHF', 5.25, NULL, NULL);
