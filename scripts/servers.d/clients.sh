# shellcheck shell=bash
# Part of scripts/servers: the databases' own client programs, and PgBouncer, which tests put before PostgreSQL. They run
# on this machine and not in a container, because they read files that tests write.

# Exports variable $1 as the path of client $2: as given, else from PATH, else from root $3 at path $4. A client that
# is unpacked here is put on PATH under its name.
client() {
  local variable=$1 name=$2 root=$3 path=$4 found
  if [ -z "${!variable:-}" ]; then
    if found=$(command -v "$name") && suits "$name" "$found"; then
      export "$variable=$found"
    else
      instead="install $name, or set $variable to its path" get_root "$root"
      mkdir -p "$work/bin"
      # shellcheck disable=SC2086 # a pattern: the path may hold a version
      ln -s "$work/roots/$root"/$path "$work/bin/$name"
      export "$variable=$work/bin/$name"
    fi
  fi
}

# MariaDB's client also goes by the name of mysql, but cannot log in to MySQL 9 in every case.
suits() { [ "$1" != mysql ] || [[ $("$2" --version 2>/dev/null) != *MariaDB* ]]; }

find_clients() {
  export PATH=$work/bin:$PATH
  client TIEOUT_TEST_PSQL psql postgres 'usr/lib/postgresql/*/bin/psql'
  client TIEOUT_TEST_MYSQL_CLIENT mysql mysql usr/bin/mysql
  client TIEOUT_TEST_MARIADB_CLIENT mariadb mariadb usr/bin/mariadb
  client TIEOUT_TEST_SQLITE3 sqlite3 sqlite usr/bin/sqlite3
  client TIEOUT_TEST_PGBOUNCER pgbouncer pgbouncer usr/sbin/pgbouncer
}
