-- Undoes what the transaction did.
ROLLBACK
