-- What the search path puts in front of the server's own functions, operators and types of the same name. Nothing where
-- pg_catalog is not named in it, since then it is searched first.
WITH front AS (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = ANY ((pg_catalog.current_schemas(true))[1 : pg_catalog.array_position(pg_catalog.current_schemas(true), 'pg_catalog') - 1])
)
SELECT pg_catalog.string_agg(DISTINCT named.name, ', ')
FROM (
    SELECT pg_catalog.concat(front.nspname, '.', f.proname) AS name
    FROM front
    JOIN pg_catalog.pg_proc AS f ON f.pronamespace = front.oid
    JOIN pg_catalog.pg_proc AS own ON own.proname = f.proname AND own.proargtypes = f.proargtypes
    WHERE own.pronamespace = CAST('pg_catalog' AS pg_catalog.regnamespace)
    UNION ALL
    SELECT pg_catalog.concat(front.nspname, '.', o.oprname)
    FROM front
    JOIN pg_catalog.pg_operator AS o ON o.oprnamespace = front.oid
    JOIN pg_catalog.pg_operator AS own ON own.oprname = o.oprname AND own.oprleft = o.oprleft AND own.oprright = o.oprright
    WHERE own.oprnamespace = CAST('pg_catalog' AS pg_catalog.regnamespace)
    UNION ALL
    SELECT pg_catalog.concat(front.nspname, '.', t.typname)
    FROM front
    JOIN pg_catalog.pg_type AS t ON t.typnamespace = front.oid
    JOIN pg_catalog.pg_type AS own ON own.typname = t.typname
    WHERE own.typnamespace = CAST('pg_catalog' AS pg_catalog.regnamespace)
) AS named
