-- Makes what the transaction did last.
COMMIT
