#!/bin/sh
# What the Makefile asks for, by Docker Compose: nothing but a shell and Docker has to be on the machine.
set -eu
cd "$(dirname "$0")/.."

# As for the program: where the environment names the token, it decides, and an empty value is none; otherwise .env does.
has_token() {
  if [ -n "${TELEGRAM_BOT_TOKEN+x}${TG_TOKEN+x}${BOT_TOKEN+x}" ]; then
    [ -n "${TELEGRAM_BOT_TOKEN:-}${TG_TOKEN:-}${BOT_TOKEN:-}" ]
  else
    grep -Eqs "^[[:space:]]*(export[[:space:]]+)?(TELEGRAM_BOT_TOKEN|TG_TOKEN|BOT_TOKEN)=[\"']?[^\"'#[:space:]]" .env
  fi
}

compose() {
  docker compose --project-directory . --file deploy/compose.yaml "$@"
}

verb=$1
shift
case $verb in stop | erase | logs) everything=yes ;; *) everything=no ;; esac
if [ "$everything" = yes ]; then
  # Also a sandbox that was started when there was no token yet.
  export COMPOSE_PROFILES=sandbox
elif ! has_token; then
  # The token is the one that compose.yaml gives to the sandbox.
  export COMPOSE_PROFILES=sandbox TELEGRAM_API_ROOT=http://sandbox:8000 TELEGRAM_BOT_TOKEN=4242:sandbox-bot-of-postrider
  echo "No bot token: the Telegram sandbox stands in. Its phone: http://127.0.0.1:${SANDBOX_PORT:-8001}/_sandbox/"
fi

# One image for all, built once: two builds of one name would be in each other's way.
case $verb in up | upd | run | restart) compose build api ;; esac

case $verb in
up) compose up ;;
upd) compose up --detach --wait ;;
run)
  service=$1
  shift
  compose stop "$service"
  others=$(compose config --services | grep -vx "$service")
  # shellcheck disable=SC2086 # one word for each service
  compose up --detach --wait $others
  if [ $# -eq 0 ]; then
    compose run --rm --service-ports "$service"
  else
    program=$1
    shift
    compose run --rm --service-ports --entrypoint "$program" "$service" "$@"
  fi
  ;;
restart) compose up --detach --wait --force-recreate "$1" ;;
logs) compose logs --follow --tail 50 ;;
stop) compose down --remove-orphans ;;
erase)
  # The volumes and networks of this project, and the image that was built from it. The image of PostgreSQL may be somebody else's, too.
  compose down --remove-orphans --volumes
  if docker image inspect postrider:local >/dev/null 2>&1; then docker image rm postrider:local; fi
  ;;
*)
  echo "compose.sh: up, upd, run SERVICE [COMMAND...], restart SERVICE, logs, stop, erase" >&2
  exit 2
  ;;
esac
