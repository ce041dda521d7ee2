CREATE TABLE bench_ours (reference varchar(20) PRIMARY KEY, account varchar(34) NOT NULL, amount numeric(18,2) NOT NULL,
  currency char(3) NOT NULL, booked_on date NOT NULL, value_date date NOT NULL, created_at timestamp NOT NULL,
  status varchar(4) NOT NULL, party varchar(70) NOT NULL, memo varchar(140));
\copy bench_ours FROM '@FOLDER@/ours.csv' WITH (FORMAT csv)
VACUUM ANALYZE bench_ours;
