-- Rows of both sides whose key occurs more than once.
CREATE TABLE IF NOT EXISTS {tie} (
    side      text NOT NULL,
    tieout_id integer,
    row_key   text NOT NULL,
    compared  text NOT NULL,
    ours      text NOT NULL
)
