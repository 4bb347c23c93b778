#!/usr/bin/env bash
# The checks that take hours: all tests under the race detector, property
# tests with many cases, and every fuzz target for a while.
#   FUZZTIME  per fuzz target (10m)
#   CHECKS    random cases per property (20000)
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${FUZZTIME:-10m}
checks=${CHECKS:-20000}

echo "== race detector"
go test -race -count=1 -timeout 60m ./...

echo "== properties, $checks cases each"
# Only packages that use rapid know its flag. -xTestImports are of the tests
# that stand outside their package.
mapfile -t properties < <(go list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' ./... |
  awk '/ pgregory.net\/rapid( |$)/ {print $1}')
for package in "${properties[@]}"; do
  go test -count=1 -timeout 120m "$package" -args -rapid.checks="$checks"
done

echo "== fuzzing, $fuzztime each"
for package in $(go list ./...); do
  dir=$(go list -f '{{.Dir}}' "$package")
  targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' || true)
  for target in $targets; do
    echo "-- $package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" "$package"
  done
done
