#!/usr/bin/python3
"""Keep the keys by which a control plane encrypts the cluster's secrets at rest.

Lives on the control plane as ``/usr/local/sbin/kubernetes-keys``; needs Python's standard library,
and kubectl on the path.

The API server writes with the first key and reads with each.  It looks at the file once a minute,
so keys change while it runs.  Whoever changes them on several machines says the order: a key must
be known to all before one of them writes with it.
"""

import argparse
import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

UTC = datetime.timezone.utc  # noqa: UP017 - Ubuntu 22.04 has Python 3.10
FILE = Path("/etc/kubernetes/api/encryption.yaml")
ADMIN = "--kubeconfig=/etc/kubernetes/admin.conf"
HERE = ("--server=https://127.0.0.1:6443", "--tls-server-name=kubernetes")
METRIC = "apiserver_encryption_config_controller_last_config_info"
HEAD = """apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
"""
KEY = """            - name: {name}
              secret: {secret}
"""
TAIL = """      - identity: {}
"""
PATIENCE = 150
"""Seconds an API server may take to read a changed file: it looks once a minute."""
ATTEMPTS = 10


class RefusedError(Exception):
    """What cannot be done, and why, in a sentence."""


def fresh(name: str = "") -> dict:
    """A key that nobody has, named by this second unless told."""
    name = name or datetime.datetime.now(UTC).strftime("key-%Y%m%dt%H%M%Sz")
    return {"name": name, "secret": base64.b64encode(os.urandom(32)).decode()}


def read(file: Path) -> list:
    """The keys of *file*, the one that is written with first."""
    found = re.findall(r"- name: (\S+)\n\s+secret: (\S+)\n", file.read_text())
    return [{"name": name, "secret": secret} for name, secret in found]


def write(file: Path, keys: list) -> None:
    """Write *keys* into *file*, whole or not at all, for root alone."""
    text = HEAD + "".join(KEY.format(**key) for key in keys) + TAIL
    part = file.with_suffix(".part")
    part.touch(0o600)
    part.chmod(0o600)
    part.write_text(text)
    os.sync()
    part.rename(file)


def lay(file: Path, keys: list) -> None:
    """Write *keys* into *file*, and wait until this machine's API server goes by them.

    Raises:
        RefusedError: It does not.
    """
    if read(file) != keys:
        write(file, keys)
    digest = f'hash="sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"'
    end = time.monotonic() + PATIENCE
    while not any(METRIC in line and digest in line for line in _metrics()):
        if time.monotonic() > end:
            raise RefusedError(f"the API server did not take the keys in {PATIENCE} seconds")
        time.sleep(2)


def rewrite() -> None:
    """Have every secret written anew, with the key that is first now.

    Raises:
        RefusedError: Some secret could not be, however often it was tried.
    """
    for _ in range(ATTEMPTS):
        every = _kubectl("get", "secrets", "--all-namespaces", "--output=json")
        if not json.loads(every)["items"]:
            return
        try:
            _kubectl("replace", "--filename=-", given=every)
        except RefusedError as refused:
            # Somebody changed or deleted one meanwhile; what was changed is written anew by that.
            why = refused
            time.sleep(1)
        else:
            return
    raise why


def _metrics() -> list:
    try:
        return _kubectl(*HERE, "get", "--raw=/metrics").splitlines()
    except RefusedError:
        return []


def _kubectl(*words: str, given: str = "") -> str:
    argv = ("kubectl", ADMIN, "--request-timeout=60s", *words)
    done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # What it prints may hold what it was given.
        told = [line for line in done.stderr.splitlines() if line.startswith(("Error", "error"))]
        raise RefusedError(f"kubectl failed: {' '.join(told)[-600:]}")
    return done.stdout


def parsed(words: list) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="kubernetes-keys", description=__doc__.split("\n")[0])
    deeds = parser.add_subparsers(dest="deed", required=True)
    deeds.add_parser("make", help="make the first key, where there is none")
    deeds.add_parser("read", help="print the keys")
    deeds.add_parser("new", help="print a key that nobody has")
    deeds.add_parser("lay", help="go by the keys of the standard input")
    deeds.add_parser("rewrite", help="write every secret anew")
    return parser.parse_args(words)


def main(words: list, file: Path = FILE) -> None:
    """Do what the command line says; keys come and go by standard input and output alone."""
    deed = parsed(words).deed
    try:
        if deed == "make" and not file.exists():
            write(file, [fresh("first")])
        elif deed == "read":
            sys.stdout.write(json.dumps(read(file)))
        elif deed == "new":
            sys.stdout.write(json.dumps(fresh()))
        elif deed == "lay":
            lay(file, json.load(sys.stdin))
        elif deed == "rewrite":
            rewrite()
    except RefusedError as refused:
        sys.exit(f"kubernetes-keys: {refused}")


if __name__ == "__main__":
    main(sys.argv[1:])
