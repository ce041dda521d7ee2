-- The rows of a table of ours when its statistics were gathered last, and the bytes of the whole file.
SELECT (SELECT CAST(max(CAST(stat AS integer)) AS text) FROM sqlite_stat1 WHERE tbl = :table),
       (SELECT CAST(p.page_count * s.page_size AS text) FROM pragma_page_count AS p, pragma_page_size AS s),
       NULL, NULL
