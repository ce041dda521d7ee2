CREATE TABLE ours (ref varchar(5), amount decimal(10, 2), currency varchar(3));
INSERT INTO ours VALUES ('d1', 1, 'EUR'), ('d2', 2, 'EUR'), ('d3', 5, 'EUR'), ('d4', 3, 'EUR'), ('e3', 4, 'USD'),
    ('d5', 1, 'EUR'), ('d6', 3, 'EUR'), ('d7', 1, 'EUR');
