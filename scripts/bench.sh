#!/usr/bin/env bash
# Imports the real catalogues in CHENGQIAO_DATA with each search engine, proves
# that index and database are equal, and tells time and memory; then the Go
# benchmarks, and the program over HTTP beside the bare engines, at LISTINGS
# listings (100000). Everything lies in a temporary folder that goes at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${CHENGQIAO_DATA:?names the folder with the real data}
program=$PWD/bin/chengqiao
owner=${OWNER:-天山绿洲农业研究院（演示）}
[ -f "$data/achievements_zh.jsonl.gz" ] || {
  echo "there are no catalogues in $data; name their folder in CHENGQIAO_DATA" >&2
  exit 2
}

work=$(mktemp -d)
meili=
finish() {
  if [ -n "$meili" ]; then
    kill "$meili" 2>/dev/null || true
    wait "$meili" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

# measured NAME COMMAND… runs a command and tells its time and peak memory.
measured() {
  local name=$1 start pid peak=0 now status=0
  shift
  start=$(date +%s%N)
  "$@" >"$work/out" 2>"$work/err" &
  pid=$!
  while now=$(awk '/^VmHWM:/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.05
  done
  wait "$pid" || status=$?
  printf '%-44s %7.1f s %6d MiB\n' "$name" "$((($(date +%s%N) - start) / 1000000))e-3" $((peak / 1024))
  # 3: done, with rejected lines or mended differences, which the output tells.
  if [ "$status" != 0 ] && [ "$status" != 3 ]; then
    tail -n 20 "$work/err" >&2
    exit 1
  fi
  grep -v '^$' "$work/out" | tail -n 1
}

find_meilisearch() {
  local dir
  for dir in "${CHENGQIAO_TOOLS:-}" /var/cache/chengqiao/tools "${XDG_CACHE_HOME:-$HOME/.cache}/chengqiao/tools"; do
    [ -z "${CHENGQIAO_TEST_MEILISEARCH_BIN:-}" ] && [ -x "$dir/meilisearch" ] && CHENGQIAO_TEST_MEILISEARCH_BIN=$dir/meilisearch
  done
  [ -n "${CHENGQIAO_TEST_MEILISEARCH_BIN:-}" ] || {
    echo 'Meilisearch is not there: run make tools' >&2
    exit 1
  }
  export CHENGQIAO_TEST_MEILISEARCH_BIN
}

start_meilisearch() {
  local as=()
  mkdir "$work/meili"
  if [ "$(id -u)" = 0 ]; then
    chmod 0711 "$work"
    chown nobody "$work/meili"
    as=(setpriv --reuid nobody --clear-groups)
  fi
  meili_key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  "${as[@]}" env -C "$work/meili" MEILI_MASTER_KEY="$meili_key" "$CHENGQIAO_TEST_MEILISEARCH_BIN" --env production --no-analytics \
    --http-addr 127.0.0.1:17799 --db-path "$work/meili/data" --log-level WARN >"$work/meili.log" 2>&1 &
  meili=$!
  for _ in $(seq 200); do
    kill -0 "$meili" 2>/dev/null || {
      cat "$work/meili.log" >&2
      exit 1
    }
    curl --silent --fail http://127.0.0.1:17799/health >/dev/null && return
    sleep 0.1
  done
  echo 'Meilisearch does not start' >&2
  exit 1
}

find_meilisearch
echo "== $(nproc) cores, $(awk '/MemTotal/ {printf "%d", $2 / 1048576}' /proc/meminfo) GiB, $(uname -sr)"
for engine in embedded meilisearch; do
  printf '\n== import, %s\n' "$engine"
  chengqiao=("$program" --data "$work/$engine" --set "search.engine=$engine")
  if [ "$engine" = meilisearch ]; then
    start_meilisearch
    chengqiao+=(--set search.url=http://127.0.0.1:17799 --set "search.key=$meili_key")
  fi
  measured 'demo' "${chengqiao[@]}" demo
  for catalogue in zh en; do
    measured "achievements_$catalogue ($(zcat "$data/achievements_$catalogue.jsonl.gz" | wc -l) lines)" \
      "${chengqiao[@]}" import achievements "$data/achievements_$catalogue.jsonl.gz" \
      --owner "$owner" --source "$catalogue" --publish --on-error skip --json
  done
  measured 'reconcile' "${chengqiao[@]}" reconcile --json
  du -sh "$work/$engine" | awk '{print "data folder " $1}'
done
if [ -n "$meili" ]; then
  awk '/^VmHWM:/ {printf "meilisearch itself, peak %d MiB\n", $2 / 1024}' "/proc/$meili/status"
fi

mapfile -t packages < <(grep -rl --include='*_test.go' '^func Benchmark' internal | xargs -r -n 1 dirname | sort -u)
if [ ${#packages[@]} -gt 0 ]; then
  printf '\n== Go benchmarks\n'
  go test -run '^$' -bench . -benchmem "${packages[@]/#/./}"
fi

printf '\n== over HTTP beside the bare engines\n'
go run ./cmd/bench --listings "${LISTINGS:-100000}"
