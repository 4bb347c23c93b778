#!/usr/bin/env bash
# Imports generated rows by the command line on SQLite and on PostgreSQL and
# tells rows a second and peak memory; then imports them again, and exports
# them. ROWS is how many (100000). PostgreSQL is the one of PG_DSN, an empty
# database; without it SQLite alone is measured. Everything else lies in a
# temporary folder that goes at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${PROGRAM:-$PWD/bin/chengqiao}
rows=${ROWS:-100000}
owner=${OWNER:-天山绿洲农业研究院（演示）}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One row is of the size of a real result: 400 characters, six keywords, a
# claim, a right.
awk -v rows="$rows" 'BEGIN {
  fields = "electronics aerospace advanced_manufacturing biomedicine new_materials new_energy environment agriculture"
  n = split(fields, field, " ")
  for (i = 1; i <= rows; i++) {
    text = ""
    for (k = 0; k < 12; k++) text = text "第" (i * 7 + k * 13) % 9973 "组样品在低温条件下的容量保持率与循环寿命均有提高，成本低于同类。"
    printf "{\"id\":\"g-%d\",\"title_zh\":\"第%d项低温储能材料成果\",\"abstract_zh\":\"%s\",\"keywords_zh\":[\"储能\",\"低温%d\",\"材料\",\"电解液\",\"循环%d\",\"寿命\"],\"technical_field\":\"%s\",\"trl\":%d,\"year\":%d,\"claims\":[{\"metric\":\"容量\",\"value\":\"%d\",\"unit\":\"%%\"}],\"ip_items\":[{\"kind\":\"know_how\",\"title\":\"配方%d\"}]}\n", \
      i, i, text, i % 97, i % 89, field[i % n + 1], i % 9 + 1, 2000 + i % 27, i % 100, i
  }
}' >"$work/rows.jsonl"

# measured NAME COMMAND… runs a command and tells its time, rows a second and
# peak memory.
measured() {
  local name=$1 start pid peak=0 now status=0 took
  shift
  start=$(date +%s%N)
  "$@" >"$work/out" 2>"$work/err" &
  pid=$!
  while now=$(awk '/^VmHWM:/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.05
  done
  wait "$pid" || status=$?
  took=$((($(date +%s%N) - start) / 1000000))
  printf '%-34s %8.1f s %8d rows/s %6d MiB\n' "$name" "${took}e-3" $((rows * 1000 / (took + 1))) $((peak / 1024))
  if [ "$status" != 0 ]; then
    tail -n 20 "$work/err" >&2
    exit 1
  fi
}

on() {
  local store=$1
  shift
  local chengqiao=("$program" --data "$work/$store" --set log.level=error "$@")
  "${chengqiao[@]}" demo >/dev/null
  for mode in skip stop; do
    measured "$store, --on-error $mode, drafts" "${chengqiao[@]}" import achievements "$work/rows.jsonl" --owner "$owner" --source "$mode" --on-error "$mode" --json
  done
  measured "$store, the same again" "${chengqiao[@]}" import achievements "$work/rows.jsonl" --owner "$owner" --source skip --on-error skip --json
  measured "$store, published and indexed" "${chengqiao[@]}" import achievements "$work/rows.jsonl" --owner "$owner" --source published --publish --on-error skip --json
  measured "$store, export as CSV (3x)" "${chengqiao[@]}" export achievements --owner "$owner" --format csv --out "$work/$store.csv"
}

echo "== $rows rows, $(du -h "$work/rows.jsonl" | cut -f1); $(nproc) cores, $(awk '/MemTotal/ {printf "%d", $2 / 1048576}' /proc/meminfo) GiB, $(uname -sr)"
on sqlite
if [ -n "${PG_DSN:-}" ]; then
  on postgres --set database.driver=postgres --set "database.dsn=$PG_DSN"
fi
