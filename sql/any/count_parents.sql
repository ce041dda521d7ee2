-- Elements in which rows could stand and none does: their number.
SELECT CAST(count(*) AS {text}) FROM {parents}
