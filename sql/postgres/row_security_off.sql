-- From here on a statement that policies would filter is refused.
SET row_security = off
