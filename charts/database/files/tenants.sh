#!/bin/sh
# Patroni calls it when PostgreSQL has started or its part has changed: <action> <role> <scope>.
# On the one that is written to, it gives each tenant a database and a role, and the password that
# the secret says; what is there already stays.
set -eu
case "${2:-}" in master | primary) ;; *) exit 0 ;; esac
ask() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host=/run/postgresql --username=postgres "$@"; }
for _ in $(seq 120); do
  [ "$(ask --dbname=postgres -Atc 'SELECT pg_is_in_recovery()' 2>/dev/null || true)" = f ] && break
  sleep 1
done
ask --dbname=postgres <<'SQL'
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO rewinder;
SQL
while read -r tenant; do
  TENANT=$tenant ask --dbname=postgres --set=tenant="$tenant" <<'SQL'
-- A statement with a password is not written to the log, even if it fails.
SET log_min_error_statement = panic;
SET log_statement = none;
\set password `cat /etc/database-passwords/$TENANT`
SELECT format('CREATE ROLE %I LOGIN', :'tenant')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'tenant') \gexec
ALTER ROLE :"tenant" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'tenant', :'tenant')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'tenant') \gexec
REVOKE ALL ON DATABASE :"tenant" FROM PUBLIC;
\connect :"tenant"
CREATE EXTENSION IF NOT EXISTS postgis;
SQL
done </etc/database/tenants
