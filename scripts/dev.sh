#!/usr/bin/env bash
# Starts the program and Vite; rebuilds and restarts the program when a Go or
# configuration file changes. A build that fails leaves the old one running.
set -euo pipefail
cd "$(dirname "$0")/.."

program=bin/chengqiao-dev
server=
web=

stop() {
  trap - EXIT INT TERM
  for pid in $server $web; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'exit 130' INT TERM

# Names, times and sizes: a change, a new and a removed file all show.
state() {
  find cmd config deploy internal go.mod -type f -printf '%p %T@ %s\n' | sort | sha256sum
}

restart() {
  if ! go build -o "$program" ./cmd/chengqiao; then
    echo 'dev: the build failed; the old program goes on' >&2
    return
  fi
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  "$program" serve --demo &
  server=$!
}

mkdir -p bin
seen=$(state)
restart
(cd frontend && exec ./node_modules/.bin/vite) &
web=$!
while kill -0 "$web" 2>/dev/null; do
  sleep 1
  now=$(state)
  if [ "$now" != "$seen" ]; then
    seen=$now
    restart
  fi
done
