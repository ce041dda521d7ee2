# shellcheck shell=bash
# Part of scripts/servers: servers as containers, from compose.yaml. Everything that is made carries the project's name
# or, for images, the label tieout.run.

project=tieout-$id
label=tieout.run=$id

docker_answers() {
  command -v docker >/dev/null && docker info >/dev/null 2>&1 </dev/null && compose_command >/dev/null
}

# Compose is a plug-in of docker (v2) or a program of its own (v1).
compose_command() {
  if docker compose version >/dev/null 2>&1; then
    echo docker compose
  elif command -v docker-compose >/dev/null; then
    echo docker-compose
  else
    return 1
  fi
}
compose() { $(compose_command) -p "$project" -f "$here/../compose.yaml" "$@" </dev/null; }

docker_start() {
  docker_answers || fail "no Docker engine with Compose answers (docker info, docker compose version)"
  touch "$work/docker"
  local name images=()
  for name in "$@"; do
    choose_image "$name"
    images+=("$image")
  done
  say "Docker: ${images[*]}"
  TIEOUT_PASSWORD=$password compose up -d "$@" >"$work/compose.log" 2>&1 || {
    tail -n 20 "$work/compose.log" >&2
    fail "Compose did not start $*; its messages are above"
  }
}

# Sets `image` for server $1, and the variable that compose.yaml reads it from. An official image if it is here or can
# be pulled, else a stand-in, which never takes the official name.
choose_image() {
  local name variable
  name=$(kind_of "$1")
  variable=TIEOUT_${name^^}_IMAGE
  image=${!variable:-}
  [ -z "$image" ] || return 0
  image=$(sed -n "s/^ *image: *\${$variable:-\(.*\)}$/\1/p" "$here/../compose.yaml")
  if has_image "$image"; then return; fi
  if timeout 600 docker pull -q "$image" >"$work/pull.log" 2>&1 </dev/null; then
    echo "$image" >>"$work/pulled"
    return
  fi
  say "cannot pull $image ($(tail -n 1 "$work/pull.log" | cut -c1-120)): a stand-in from Debian packages instead"
  stand_in "$name" "$image"
  export "$variable=$image"
}

# Sets `image` to a stand-in for image $2, made of root $1.
stand_in() {
  image=tieout-standin/$2-${keep:+$recipe}
  [ -n "$keep" ] || image+=$id
  if ! has_image "$image"; then
    get_root "$1"
    "$parts/stand-in-image" "$1" "$work/roots/$1" "$work" "$image" "$label" >"$work/image.log" 2>&1 || {
      tail -n 20 "$work/image.log" >&2
      fail "no $1: the stand-in image could not be made; docker's messages are above"
    }
  fi
}
has_image() { docker image inspect "$1" >/dev/null 2>&1 </dev/null; }

# What the test of scripts/examples/nightly starts, if there is an engine: images of its database and of its bank, as it
# names them or stand-ins, and a project to be removed here at the latest.
find_images() {
  docker_answers || return 0
  touch "$work/docker"
  choose_image postgres
  export TIEOUT_TEST_DATABASE_IMAGE=$image TIEOUT_TEST_PROJECT=$project-nightly
  local bank=$here/examples/nightly
  image=tieout-bank:$id
  if timeout 600 docker build -q --label "$label" -t "$image" -f "$bank/bank.Dockerfile" "$bank" \
    >"$work/bank.log" 2>&1 </dev/null; then
    touch "$work/bank"
  else
    stand_in openssh openssh:bookworm
  fi
  export TIEOUT_TEST_BANK_IMAGE=$image
}

# Containers, networks and volumes of project $1.
docker_wipe() {
  local of=label=com.docker.compose.project=$1
  docker ps -a -q --filter "$of" | xargs -r docker rm -f -v
  docker network ls -q --filter "$of" | xargs -r docker network rm
  docker volume ls -q --filter "$of" | xargs -r docker volume rm -f
}

docker_container() {
  docker ps -a -q --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"
}
docker_port() {
  local inner=3306
  [ "$(kind_of "$1")" != postgres ] || inner=5432
  docker port "$(docker_container "$1")" $inner/tcp 2>/dev/null | sed -n 's/^127.0.0.1://p' | grep .
}
docker_runs() { [ "$(docker inspect -f '{{.State.Running}}' "$(docker_container "$1")")" = true ]; }
docker_log() { docker logs --tail 30 "$(docker_container "$1")"; }
docker_read() { docker exec "$(docker_container "$1")" cat "/var/lib/$1/$2"; }
docker_restart() { false; } # the engine chose a port that was free

# Twice if need be: a request that the engine was busy with when the session ended may still make something.
docker_remove() {
  [ -e "$work/docker" ] || return 0
  local try images
  docker_wipe "$project-nightly" >/dev/null 2>&1
  for try in 1 2 3; do
    compose down -v --remove-orphans -t 0 >"$work/compose-down.log" 2>&1
    [ -n "$(docker ps -a -q --filter "label=com.docker.compose.project=$project")" ] ||
      [ -n "$(docker network ls -q --filter "label=com.docker.compose.project=$project")" ] || break
    [ "$try" -lt 3 ] || cat "$work/compose-down.log" >&2
    sleep 1
  done
  # Images of this run: all of them, or those that were not finished.
  mapfile -t images < <(docker images -q --filter "label=$label" ${keep:+--filter dangling=true} | sort -u)
  [ ! -e "$work/bank" ] || images+=("tieout-bank:$id")
  if [ -z "$keep" ] && [ -e "$work/pulled" ]; then mapfile -t -O "${#images[@]}" images <"$work/pulled"; fi
  [ ${#images[@]} -eq 0 ] || docker rmi -f "${images[@]}" >/dev/null 2>&1
}

docker_forget() {
  docker_answers || return 0
  docker images -q 'tieout-standin/*' | sort -u | xargs -r docker rmi -f >/dev/null
}
