CREATE TABLE ours (id varchar(40), a varchar(40), b varchar(40));
INSERT INTO ours VALUES
    ('shifted', 'a', 'bc'),
    ('bar shifted', 'x', 'y|z'),
    ('tilde and bar', 'a', '~pc'),
    ('escaped bar', 'a|', 'b'),
    ('bars equal', 'x|y', '~p~|'),
    ('backslash', 'a\b', '\\'),
    ('backslashes differ', 'a\\', 'b'),
    ('quotes', 'say "so"', 'it''s'),
    ('newline', 'one
two', 'tab	here'),
    ('newline against blank', 'one two', 'x'),
    ('backslash dot alone', '\.', '\N'),
    ('the word NULL', 'NULL', 'null'),
    ('the word against nothing', NULL, 'x'),
    ('nothing against empty', '', 'x'),
    ('comma', 'a,b', '"'),
    ('letter case', 'same', 'x'),
    ('trailing blank', 'end', 'x'),
    ('both trailing', 'end ', 'x'),
    ('accent', 'é', 'x'),
    ('astral', '💶 𝄞', 'x'),
    ('percent and brace', '100% {theirs} :from ${X}', 'x');
