"""Seconds since the newest backup ended, and how many there are since the newest full one began."""

import json
import sys
import time

FOREVER = 10**9

backups = [one for stanza in json.load(sys.stdin) for one in stanza.get("backup", [])]
ages = [int(time.time()) - one["timestamp"]["stop"] for one in backups]
kinds = [one["type"] for one in backups]
since = kinds[::-1].index("full") + 1 if "full" in kinds else FOREVER
sys.stdout.write(f"{min(ages, default=FOREVER)} {since}\n")
