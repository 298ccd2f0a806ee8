"""Writes one number after the other, and says of each when it was acknowledged."""

import json
import os
import sys
import time
from pathlib import Path

import psycopg2

PASSWORD = Path("/secret/health").read_text("utf-8")
Path("/tmp/pid").write_text(str(os.getpid()), "utf-8")  # noqa: S108 - in a pod of its own
FIELDS = {
    "host": "database.database.svc",
    "dbname": "health",
    "user": "health",
    "password": PASSWORD,
    "sslmode": "verify-full",
    "sslrootcert": "/secret/ca.crt",
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "options": "-c statement_timeout=5000",
}
connection = None
number = 0
while True:
    number += 1
    try:
        if connection is None:
            connection = psycopg2.connect(**FIELDS)
            connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES (%s)", (number,))
        sys.stdout.write(json.dumps([number, time.time()], separators=(",", ":")) + "\n")
        sys.stdout.flush()
        time.sleep(0.02)
    except psycopg2.Error:
        connection = None
        time.sleep(0.2)
