CREATE TABLE ours (id uuid, state name, flag boolean, n numeric(20), data text);
INSERT INTO ours VALUES ('0b61f6a8-7c3c-4d7b-9e54-3a5b7c1d2e3f', 'open', true, 18446744073709551615, 'x'), ('1b61f6a8-7c3c-4d7b-9e54-3a5b7c1d2e3f', 'open', false, 18446744073709551615, 'x');
