#!/bin/sh
# Runs each feed of /etc/tieout when the container starts, and then every day at $NIGHTLY_AT or every $NIGHTLY_EVERY
# seconds.
#
# A loop and not cron: cron wants root, keeps secrets and time zone from its jobs, and prints to nobody. What runs here
# is the container's own user, `docker compose logs` has all of it, and a stop reaches tieout, which ends at a safe point.
# A start beside it does no harm: the feed's lock lets one work, and a file is counted once.
set -u
child=''
trap 'stop 143' TERM
trap 'stop 130' INT

stop() {
  trap '' TERM INT
  [ -z "$child" ] || { kill -TERM "$child" 2>/dev/null; wait "$child"; }
  exit "$1"
}

# Runs a command so that a signal is heard meanwhile; its status.
await() {
  "$@" &
  child=$!
  wait "$child"
  set -- $?
  child=''
  return "$1"
}

night() {
  last=$(date +%s)
  worst=0
  for feed in /etc/tieout/*.toml; do
    await tieout run "$feed" --out /var/lib/tieout --no-progress
    status=$?
    [ "$status" -le "$worst" ] || worst=$status
    echo "nightly: $(date '+%F %T %Z'): status $status$(meaning "$status" "$feed")"
  done
  echo "$worst" >/tmp/last-night
}

meaning() {
  case $1 in
    0) echo ': everything ties out, or nothing is new' ;;
    1) echo ": there are breaks. To read them:
nightly:   docker compose exec tieout tieout breaks $2
nightly:   docker compose cp tieout:/var/lib/tieout results   # then open report.html of a run" ;;
    *) echo ": not all is well. What it means: docker compose exec tieout tieout explain $1" ;;
  esac
}

# Whether the next night has come. A machine that slept through it makes up for it on the same day.
due() {
  now=$(date +%s)
  if [ -n "${NIGHTLY_EVERY:-}" ]; then
    [ $((now - last)) -ge "$NIGHTLY_EVERY" ]
  else
    at=$(date -d "$NIGHTLY_AT" +%s)
    [ "$last" -lt "$at" ] && [ "$at" -le "$now" ]
  fi
}

date -d "$NIGHTLY_AT" >/dev/null || exit 2
while :; do
  night
  until due; do await sleep 5; done
done
