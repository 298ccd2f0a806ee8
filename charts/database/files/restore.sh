#!/bin/sh
# Patroni calls it instead of initdb: the newest backup before the moment, and what was written
# from then up to it.
set -eu
mkdir -p -m 700 /var/lib/database/data /tmp/pgbackrest-spool
exec pgbackrest --stanza=main --log-level-console=info --type=time --target="$RESTORE_TIME" \
  --target-action=promote restore
