#!/bin/sh
# Makes what nobody should have to type: keys and passwords, each in the volume of who may read it. Once.
set -eu
[ ! -e /secrets/tieout/bank_key ] || exit 0
umask 077
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# The database's own volume, so its server may read them, whoever it runs as.
password >/secrets/database/postgres_password
password >/secrets/database/tieout_password
cp /secrets/database/tieout_password /secrets/tieout/database_password
chmod 755 /secrets/database
chmod 444 /secrets/database/*

# The bank's key is known before the first connection, and nothing has to be trusted on first use.
ssh-keygen -q -t ed25519 -N '' -C bank -f /secrets/bank/host_key
mkdir -p /secrets/tieout/.ssh
echo "[bank]:2222 $(cut -d' ' -f1,2 /secrets/bank/host_key.pub)" >/secrets/tieout/.ssh/known_hosts
chown -R 10022:10022 /secrets/bank

# tieout's key; it appears last, when all the rest is there.
ssh-keygen -q -t ed25519 -N '' -C tieout -f /tmp/bank_key
cat /tmp/bank_key.pub >/secrets/bank/authorized_keys
chown 10022:10022 /secrets/bank/authorized_keys
cp /tmp/bank_key /secrets/tieout/.bank_key
mv /secrets/tieout/.bank_key /secrets/tieout/bank_key
chown -R 65532:65532 /secrets/tieout /results
echo "setup: keys and passwords are made; the bank is to let this one in: $(cat /tmp/bank_key.pub)"
