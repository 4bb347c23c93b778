#!/usr/bin/env bash
# Formatting and static checks of Go, shell and the web app.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l cmd config deploy internal frontend/embed.go)
if [ -n "$unformatted" ]; then
  printf 'gofmt would change:\n%s\n' "$unformatted" >&2
  exit 1
fi
# The web app's checks need one processor, Go's as many as there are.
(cd frontend && npm run --silent lint && npm run --silent typecheck) &
web=$!
go vet ./...
go tool -modfile=tools/go.mod staticcheck ./...
for script in scripts/*.sh .ci/run; do
  bash -n "$script"
done
if command -v shellcheck >/dev/null; then
  shellcheck scripts/*.sh .ci/run
fi
wait "$web"
