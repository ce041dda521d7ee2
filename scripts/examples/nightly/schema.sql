-- Our side, as it may be found anywhere: a ledger, and an account that may read it.
CREATE SCHEMA ledger;
CREATE TABLE ledger.entries (
    entry          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account        text NOT NULL,
    bank_reference text NOT NULL,
    amount         numeric(18, 2) NOT NULL,
    currency       char(3) NOT NULL,
    booked_on      date NOT NULL,
    purpose        text,
    UNIQUE (account, bank_reference)
);
INSERT INTO ledger.entries (account, bank_reference, amount, currency, booked_on, purpose) VALUES
    ('DE89370400440532013000', '2026013000001', 1250.00, 'EUR', '2026-01-30', 'invoice 4711'),
    ('DE89370400440532013000', '2026013000002', -389.90, 'EUR', '2026-01-30', 'software'),
    ('DE89370400440532013000', '2026013000003', 89.10, 'EUR', '2026-01-30', 'invoice 4712'), -- 98.10 came
    ('DE89370400440532013000', '2026013000005', -1020.00, 'EUR', '2026-01-30', 'rent'),
    ('DE89370400440532013000', '2026013000006', 75.00, 'EUR', '2026-01-30', 'invoice 4713'), -- never came
    ('DE89370400440532013000', '2026020200001', 500.00, 'EUR', '2026-02-02', 'invoice 4714'),
    ('DE89370400440532013000', '2026020200002', -60.00, 'EUR', '2026-02-02', 'postage');

-- tieout reads the ledger and keeps its own tables in a schema of its own. It needs nothing else.
\set password `cat /secrets/tieout_password`
CREATE ROLE tieout LOGIN PASSWORD :'password';
CREATE SCHEMA tieout AUTHORIZATION tieout;
ALTER ROLE tieout IN DATABASE books SET search_path = tieout;
GRANT USAGE ON SCHEMA ledger TO tieout;
GRANT SELECT ON ledger.entries TO tieout;
