#!/usr/bin/env bash
# Everything that must hold before a change lands. Each part says what it took.
set -euo pipefail
cd "$(dirname "$0")/.."

# The program is built so; what is checked and tested then is compiled once.
export GOFLAGS="${GOFLAGS:-} -trimpath" CGO_ENABLED=0

part() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

# The browser of the browser tests: the machine's, or else Playwright's.
find_chromium() {
  local name
  if [ -z "${CHENGQIAO_CHROMIUM:-}" ]; then
    for name in chromium google-chrome; do
      CHENGQIAO_CHROMIUM=$(command -v "$name") && break
    done
  fi
  if [ -z "$CHENGQIAO_CHROMIUM" ]; then
    (cd frontend && npx --no-install playwright install --with-deps chromium)
    CHENGQIAO_CHROMIUM=$(cd frontend && node -p "require('@playwright/test').chromium.executablePath()")
  fi
  export CHENGQIAO_CHROMIUM
}

web() { (cd frontend && npm run --silent "$@"); }

part 'test tools' scripts/install-test-tools.sh
part 'web: install' make --no-print-directory frontend/node_modules/.package-lock.json
part 'generated code' scripts/generate-check.sh
part 'lint' scripts/lint.sh
part 'web: unit tests' web test
part 'build' make --no-print-directory build
part 'go test' go test -vet=off -timeout 40m ./... # vetted above, all of it
part 'browser' find_chromium
part 'web: browser tests' web e2e
printf '\nall passed in %d s\n' "$SECONDS"
