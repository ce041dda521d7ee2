INSERT INTO tieout_arrivals (feed, address, name, bytes, modified, version, sha256, run_id)
VALUES (:feed, :address, :name, :bytes, :modified, :version, :sha256, :run_id)
