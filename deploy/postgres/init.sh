#!/bin/sh
# Run once by the postgres image in a new data folder, as its superuser: makes
# the two roles and gives them what they need. For a PostgreSQL elsewhere, set
# the usual PG… variables, POSTGRES_USER, POSTGRES_DB and the two folders.
set -eu

secrets=${CHENGQIAO_SECRETS:-/run/secrets}
grants=${CHENGQIAO_GRANTS:-/etc/chengqiao/grants.sql}

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
  -v database="$POSTGRES_DB" \
  -v migrate_password="$(cat "$secrets/migrate_password")" \
  -v run_password="$(cat "$secrets/run_password")" <<'SQL'
CREATE ROLE chengqiao_migrate LOGIN PASSWORD :'migrate_password';
CREATE ROLE chengqiao LOGIN PASSWORD :'run_password';
ALTER DATABASE :"database" OWNER TO chengqiao_migrate;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO chengqiao;
SQL
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" --file "$grants"
