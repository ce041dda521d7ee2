# shellcheck shell=bash
# Part of scripts/servers: servers as processes of this machine, from unpacked Debian packages. The data's folder, the
# log and the process id of server NAME are $work/NAME, $work/NAME.log and $work/NAME.pid.

private_start() {
  local name
  say "private servers from Debian packages"
  for name in "$@"; do get_root "$(kind_of "$name")"; done
  [ -e /usr/share/zoneinfo/UTC ] || say "no /usr/share/zoneinfo: PostgreSQL needs tzdata (apt-get install tzdata)"
  for name in "$@"; do private_launch "$name"; done
}

# As in compose.yaml: LOAD DATA LOCAL is allowed, and no effort is spent on surviving a power cut.
private_launch() {
  local name=$1 kind flags as=()
  kind=$(kind_of "$name")
  case $kind in
    postgres) flags=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off) ;;
    mysql) flags=(--local-infile=1 --disable-log-bin --innodb-flush-log-at-trx-commit=0) ;;
    mariadb) flags=(--local-infile=1 --skip-log-bin --innodb-flush-log-at-trx-commit=0) ;;
  esac
  mkdir -p "$work/$name"
  chmod 700 "$work/$name"
  if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root, and the others need not
    chown nobody "$work/$name"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  fi
  free_port >"$work/$name.port"
  cp "$parts/start-$kind" "$work/start-$name" # the repository may lie where only its owner can read
  chmod 755 "$work/start-$name"
  # A process group of its own: Ctrl-C is not for the servers, and everything of one server can be ended at once.
  (
    cd "$work" || exit
    export TZ=UTC ROOT=$work/roots/$kind RUN=$work/$name ADDRESS=127.0.0.1 PORT
    export POSTGRES_PASSWORD=$password MYSQL_ROOT_PASSWORD=$password MARIADB_ROOT_PASSWORD=$password
    PORT=$(cat "$work/$name.port")
    exec setsid "${as[@]}" "$work/start-$name" "${flags[@]}"
  ) >"$work/$name.log" 2>&1 </dev/null &
  echo $! >"$work/$name.pid"
}

# Below the range that the kernel hands out for outgoing connections. Another run may still be faster: see
# private_restart.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo $port
}

private_port() { cat "$work/$1.port"; }
private_log() { tail -n 30 "$work/$1.log"; }
private_read() { cat "$work/$1/$2"; }
private_runs() { running "$(cat "$work/$1.pid")"; }

# Starts a server that ended because its port was taken in the meantime once more, on another.
private_restart() {
  grep -qi 'address already in use' "$work/$1.log" && [ ! -e "$work/$1.restarted" ] || return
  touch "$work/$1.restarted"
  private_launch "$1"
}

# Not gone, and not merely waiting for a parent to notice.
running() { [ -e "/proc/$1/stat" ] && [[ $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) != [ZX]* ]]; }

# Whether server $1 or anything in its process group runs: its start script may be gone and initdb not.
group_runs() {
  local file stat
  ! running "$1" || return 0
  for file in /proc/[0-9]*/stat; do
    read -r stat 2>/dev/null <"$file" || continue
    # After the name in parentheses: state, parent, group.
    [[ ! ${stat##*) } =~ ^[^ZX]\ [0-9]+\ $1\  ]] || return 0
  done
  return 1
}

# The data is thrown away, so MySQL and MariaDB need not shut down in order. PostgreSQL has shared memory to give back:
# its start script ends at TERM, initdb is left to finish, and QUIT is the server's word for at once.
private_remove() {
  local file pid tries
  for file in "$work"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    for ((tries = 0; tries < 100; tries++)); do
      if [ "$file" != "$work/postgres.pid" ] || [ $tries -gt 80 ]; then
        kill -KILL -- "-$pid"
      else
        kill -TERM "$pid"
        kill -QUIT "$pid"
      fi 2>/dev/null
      group_runs "$pid" || break
      sleep 0.1
    done
  done
}
