-- Policies filter again what the role may not see.
RESET row_security
