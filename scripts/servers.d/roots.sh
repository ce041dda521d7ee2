# shellcheck shell=bash
# Part of scripts/servers: folders of unpacked Debian packages (see debian-root), by name. The caller says where: $work.
# They serve as private servers, as stand-in images and as client programs, so all three have the same versions.

cache=${TIEOUT_SERVERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tieout-servers}
# What is kept is known by how it was made: after a change here nothing old is used.
recipe=$(cat "$parts"/{debian-root,unneeded,roots.sh,stand-in-image,start-*} | sha256sum | cut -c1-12)

# Suite and packages of each root. busybox is the stand-in images' shell; libc-bin has the locale C.UTF-8; of
# mariadb-client only the loader of time zones is wanted. MySQL is in no suite but sid, and only its PgBouncer
# lends prepared statements too.
root_packages() {
  case $1 in
    postgres) echo sid postgresql-18 postgresql-client-18 libc-bin tzdata busybox-static ;;
    mysql) echo sid mysql-server-core mysql-client-core tzdata tzdata-legacy busybox-static ;;
    mariadb) echo bookworm mariadb-server-core mariadb-client-core tzdata busybox-static +mariadb-client ;;
    sqlite) echo bookworm sqlite3 ;;
    pgbouncer) echo sid pgbouncer ;;
    vsftpd) echo bookworm vsftpd ;;
    openssh) echo bookworm openssh-server busybox-static ;;
    asyncssh) echo bookworm python3-asyncssh ;;
    nginx) echo bookworm nginx ;;
    pip) echo bookworm python3-pip ;;
  esac
}

# Makes $work/roots/$1, from the cache if it is there. What else would do is in $instead.
get_root() {
  local root=$work/roots/$1 kept=$cache/$recipe/$1 suite packages
  [ ! -d "$root" ] || return 0
  mkdir -p "$work/roots"
  # Hard links where the file system allows it: copies cost a second, and the cache itself may lie in a folder that
  # only its owner can enter, while the servers run as somebody else.
  if [ -n "$keep" ] && [ -d "$kept" ]; then
    copy_root "$kept" "$root"
    return
  fi

  for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null ||
      fail "no $1: not on this machine, and without $tool it cannot be taken from Debian's packages${instead:+; $instead}"
  done
  read -r suite packages <<<"$(root_packages "$1")"
  say "downloading $1 from Debian $suite"
  # shellcheck disable=SC2086 # a list of package names
  if ! "$parts/debian-root" "$suite" "$root.part" "$work" $packages >"$work/get-$1.log" 2>&1; then
    tail -n 20 "$work/get-$1.log" >&2
    fail "no $1: Debian's packages could not be had; apt's messages are above${instead:+; $instead}"
  fi
  mv "$root.part" "$root"

  if [ -n "$keep" ]; then # appears in the cache at once and whole, whoever else is at it
    mkdir -p "$cache/$recipe"
    copy_root "$root" "$kept.$id"
    mv -T "$kept.$id" "$kept" 2>/dev/null || rm -rf "$kept.$id"
  fi
}
copy_root() { cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2" && cp -a "$1" "$2"; }; }
