#!/usr/bin/env bash
# Makes the random passwords of docker-compose.yml, each in a file of its own.
# What is there already is left alone, so that it can be run again.
#   make-secrets.sh [FOLDER]   default: secrets beside this script
set -euo pipefail

dir=${1:-$(dirname "$0")/secrets}
mkdir -p "$dir"
# Only the owner may enter; the files themselves can be read by the services'
# users, into whose containers they are mounted one by one.
chmod 0700 "$dir"
umask 0022

keep() {
  [ -s "$dir/$1" ] || printf '%s' "$2" >"$dir/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep postgres_password "$(random)"
keep migrate_password "$(random)"
keep run_password "$(random)"
keep redis_password "$(random)"
keep meili_master_key "$(random)"
keep token_key "$(random)"
keep grafana_password "$(random)"
# What follows from them; hexadecimal needs no escaping in a URL.
keep migrate_dsn "postgres://chengqiao_migrate:$(cat "$dir/migrate_password")@postgres:5432/chengqiao?sslmode=disable"
keep dsn "postgres://chengqiao:$(cat "$dir/run_password")@postgres:5432/chengqiao?sslmode=disable"
keep redis_url "redis://:$(cat "$dir/redis_password")@redis:6379/0"
