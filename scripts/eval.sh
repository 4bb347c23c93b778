#!/usr/bin/env bash
# Measures search and matching against the judged queries in CHENGQIAO_DATA
# (judged/*.queries.jsonl, *.qrels.tsv and the catalogues beside them).
# Arguments are passed on to every run: `scripts/eval.sh --json`.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${CHENGQIAO_DATA:?names the folder with the real data}
program=bin/chengqiao
[ -d "$data/judged" ] || {
  echo "there are no judged queries in $data; name their folder in CHENGQIAO_DATA" >&2
  exit 2
}

# Meilisearch as the tests have it; the program starts it by itself.
if [ -n "${CHENGQIAO_TEST_MEILISEARCH_BIN:-}" ]; then
  PATH=$(dirname "$CHENGQIAO_TEST_MEILISEARCH_BIN"):$PATH
else
  for dir in "${CHENGQIAO_TOOLS:-}" /var/cache/chengqiao/tools "${XDG_CACHE_HOME:-$HOME/.cache}/chengqiao/tools"; do
    [ -x "$dir/meilisearch" ] && PATH=$dir:$PATH && break
  done
fi
export PATH

run() {
  local kind=$1 name=$2 docs=$3
  shift 3
  printf '\n== %s %s %s\n' "$kind" "$name" "$*"
  "$program" eval "$kind" --docs "$data/$docs" \
    --queries "$data/judged/$name.queries.jsonl" --qrels "$data/judged/$name.qrels.tsv" "$@"
}

# The fields are those that the judgments allow: an author keyword must not
# find the list it was taken from.
for engine in embedded meilisearch; do
  run search zh_keyword2docs achievements_zh.jsonl.gz --engine "$engine" --fields title,abstract "$@"
  run search zh_need2result achievements_zh.jsonl.gz --engine "$engine" "$@"
  run search zh_title2cited achievements_zh.jsonl.gz --engine "$engine" "$@"
  run search en_need2award achievements_en.jsonl.gz --engine "$engine" --fields abstract "$@"
  run search en_title2zh_doc achievements_zh.jsonl.gz --engine "$engine" --fields title,abstract,keywords "$@"
done
# The shipped model with plain BM25 beside it; what it is worth on queries that it
# was not learnt from stands in its file, and comes of `chengqiao match train`.
run match zh_need2result achievements_zh.jsonl.gz --fields title,keywords,abstract --plain "$@"
run match zh_title2cited achievements_zh.jsonl.gz --fields title,keywords,abstract --plain "$@"
run match en_need2award achievements_en.jsonl.gz --fields abstract --plain "$@"
run match en_title2zh_doc achievements_zh.jsonl.gz --fields title,keywords,abstract --learn title_en,abstract_en --folds 5 --plain "$@"

# Altered real records: needs no judgments.
printf '\n== duplicates achievements_zh.jsonl.gz\n'
"$program" eval duplicates --docs "$data/achievements_zh.jsonl.gz" "$@"
