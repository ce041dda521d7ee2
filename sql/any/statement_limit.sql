-- How long a statement of this role may take so far, in milliseconds; 0 is for ever.
SELECT CAST({limit} AS {text})
