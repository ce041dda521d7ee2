CREATE TABLE bench_ours (reference varchar(20) PRIMARY KEY, account varchar(34) NOT NULL, amount decimal(18,2) NOT NULL,
  currency char(3) NOT NULL, booked_on date NOT NULL, value_date date NOT NULL, created_at datetime(6) NOT NULL,
  status varchar(4) NOT NULL, party varchar(70) NOT NULL, memo varchar(140)) DEFAULT CHARACTER SET utf8mb4;
LOAD DATA LOCAL INFILE '@FOLDER@/ours.csv' INTO TABLE bench_ours CHARACTER SET utf8mb4
  FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\n';
ANALYZE TABLE bench_ours;
