-- Theirs: the rows of the files as canonical text; an empty text is "no value".
-- tieout_parents_... lies the same way: an element in which rows could stand and none does, with what they would read of it.
CREATE {kind} IF NOT EXISTS {stage} (
    tieout_id       bigint NOT NULL PRIMARY KEY, -- file number * 10^12 + record
    tieout_line     bigint NOT NULL,
    tieout_checksum char(64) NOT NULL, -- SHA-256 of the compared columns
{keys},
    -- 1: the key may have occurred before, says the converter; then: the join meets another row of this key
    tieout_seen     smallint NOT NULL,
    -- 1: the key occurs more than once
    tieout_repeated smallint NOT NULL DEFAULT 0{others}
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {collation}
