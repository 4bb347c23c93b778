#!/usr/bin/env bash
# Fails when generated code in the tree differs from what the contract gives.
# Works on a changed tree and leaves it as it was.
set -euo pipefail
cd "$(dirname "$0")/.."

generated=(internal/httpapi/oas frontend/src/api/schema.d.ts)

before=$(mktemp -d)
restore() {
  for path in "${generated[@]}"; do
    rm -rf "$path"
    cp -Rp "$before/$path" "$path"
  done
  rm -rf "$before"
}
for path in "${generated[@]}"; do
  mkdir -p "$before/$(dirname "$path")"
  cp -Rp "$path" "$before/$path"
done
trap restore EXIT

go generate ./...
(cd frontend && npm run --silent generate)

stale=0
for path in "${generated[@]}"; do
  diff -ru "$before/$path" "$path" || stale=1
done
if [ "$stale" = 1 ]; then
  echo 'generated code is stale: run make generate' >&2
  exit 1
fi
