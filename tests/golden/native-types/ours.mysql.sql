CREATE TABLE ours (id char(36), state enum('open', 'done'), flag bit(1), n bigint unsigned, data set('x', 'y'));
INSERT INTO ours VALUES ('0b61f6a8-7c3c-4d7b-9e54-3a5b7c1d2e3f', 'open', b'1', 18446744073709551615, 'x'), ('1b61f6a8-7c3c-4d7b-9e54-3a5b7c1d2e3f', 'open', b'0', 18446744073709551615, 'x');
