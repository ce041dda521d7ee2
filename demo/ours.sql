DROP TABLE IF EXISTS tieout_demo_accounts;
CREATE TABLE tieout_demo_accounts (
    account    varchar(20) NOT NULL,
    card       varchar(20),
    currency   varchar(3) NOT NULL,
    balance    varchar(40) NOT NULL,
    is_primary varchar(5),
    status     varchar(2),
    expires    date
);
INSERT INTO tieout_demo_accounts VALUES
    ('0012004500', '4000-01', 'EUR', '1250.50', 'Y', '00', '2027-05-31'),
    ('0012004500', '4000-02', 'EUR', '1250.50', 'N', '00', '2028-01-31'),
    ('0012004501', '4000-03', 'EUR', '980.00', 'Y', '00', '2026-11-30'),
    ('0012004502', NULL, 'CHF', '123456789012345678.90', NULL, NULL, NULL),
    ('0012004503', '4000-05', 'USD', '-75.20', 'Y', '00', '2029-03-31'),
    ('0012004504', NULL, 'GBP', '0', NULL, NULL, NULL),
    ('0012004505', '4000-06', 'EUR', '310.00', 'Y', '00', '2027-08-31'),
    ('12004506', NULL, 'CHF', '44.00', NULL, NULL, NULL),
    ('0012004507', '4000-07', 'USD', '18.15', 'Y', '00', '2026-12-31');
