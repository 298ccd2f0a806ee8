#!/usr/bin/python3
"""Renew the certificates of a machine in control of its cluster before they end.

Lives there as ``/usr/local/sbin/kubernetes-certificates``; needs Python's standard library and
kubeadm.  The kubelet renews its own without help, and the node's other services speak by that one.

What runs reads its certificate at its start only, so it is started anew: one program after the
other, and the kubelet brings each back.
"""

import argparse
import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

UTC = datetime.timezone.utc  # noqa: UP017 - Ubuntu 22.04 has Python 3.10
ETC = Path("/etc/kubernetes")
CONFIG = ETC / "kubeadm.yaml"
STATIC = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
UNFINISHED = ETC / "certificates-renewing"
"""Stands while they are renewed: what was cut off is done again, for nobody sees in a certificate
whether it is the one that a program runs with."""
LEAST = datetime.timedelta(days=90)
"""Of what lasts a year, renewed with a quarter left."""


def main(words: list) -> None:
    """Renew what is due, or everything, and print which certificates were renewed as JSON."""
    parser = argparse.ArgumentParser(prog="kubernetes-certificates", description="Renew what ends.")
    parser.add_argument("--now", action="store_true", help="whatever time is left")
    said = parser.parse_args(words)
    due = expiries()
    if not said.now:
        due = {name: end for name, end in due.items() if end - datetime.datetime.now(UTC) < LEAST}
    if due or UNFINISHED.exists():
        renew()
    sys.stdout.write(f"{json.dumps(sorted(due))}\n")


def expiries() -> dict:
    """When each certificate ends, by name."""
    told = json.loads(
        _run("kubeadm", "certs", "check-expiration", "--config", str(CONFIG), "--output", "json")
    )
    return {
        one["name"]: datetime.datetime.fromisoformat(one["expirationDate"].replace("Z", "+00:00"))
        for one in told["certificates"]
        if not one.get("missing")
    }


def renew() -> None:
    """Renew all of them, so that they go on ending together, and have them used."""
    UNFINISHED.touch()
    _run("kubeadm", "certs", "renew", "all", "--config", str(CONFIG))
    for name in STATIC:
        _end(name)
    UNFINISHED.unlink()


def _end(name: str) -> None:
    """Ask the static pod's program to end; a pod may have one of the same name."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may be gone before it is looked at.
        with contextlib.suppress(OSError):
            first, _, rest = path.read_bytes().partition(b"\0")
            if Path(first.decode(errors="replace")).name == name and b"=/etc/kubernetes/" in rest:
                os.kill(int(path.parent.name), signal.SIGTERM)


def _run(*argv: str) -> str:
    """Run a program and return what it printed."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"kubernetes-certificates: {argv[0]} failed: {done.stderr.strip()[-600:]}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
