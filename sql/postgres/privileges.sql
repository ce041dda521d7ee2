-- The user, the schema that tables are created in (nothing where there is none), whether it may create them, and whether
-- it may do anything at all.
SELECT CAST(quote_ident(current_user) AS text),
       CAST(quote_ident(current_schema()) AS text),
       CAST(has_schema_privilege(current_schema(), 'CREATE') AS text),
       CAST(current_setting('is_superuser') = 'on' AS text)
