-- Begins a transaction with the lock to write, so that it is refused now and not in the middle.
BEGIN IMMEDIATE
