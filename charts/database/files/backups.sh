#!/bin/sh
# Takes a backup whenever the newest is older than it may be: a machine that was off, or a primary
# that was away, is made up for.  `once TYPE` takes one at a person's word.
set -u
export PATH=/usr/bin
take() { pgbackrest --stanza=main --log-level-console=info --type="$1" backup; }
newest() { pgbackrest --stanza=main --output=json info 2>/dev/null | python3 /etc/database/newest.py; }
if [ "${1:-}" = once ]; then
  take "${2:-incr}"
  exit
fi
trap 'exit 0' TERM
while :; do
  touch /tmp/alive
  # shellcheck disable=SC2046 # two words
  set -- $(newest)
  if [ "$1" -ge "$((BACKUP_HOURS * 3600))" ]; then
    kind=incr
    [ "$2" -gt "$BACKUP_INCREMENTAL" ] && kind=full
    rm -f /tmp/whole
    pgbackrest --stanza=main stanza-create && take "$kind" && continue
  else
    touch /tmp/whole
  fi
  sleep 5 &
  wait $!
done
