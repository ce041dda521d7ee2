-- What of the server's settings decides whether, and how, a run can work there; those that it does not have are absent.
SHOW VARIABLES WHERE Variable_name IN
    ('local_infile', 'read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only', 'wsrep_on')
