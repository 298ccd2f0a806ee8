#!/usr/bin/python3 -ISE
# ruff: noqa: PTH100, PTH103, PTH109, PTH120, S606
"""A Python on a machine that has Ansible's libraries loaded already.

Most of a task's time on a machine goes into starting Python and unpacking and loading
Ansible's libraries, anew for every task. Ansible is told that this file is its Python:
it hands the module on to ``server.py`` on the same machine, which has loaded all that
once, forks, and runs the module in the fork.

What it does not know (arguments, another Ansible, a server that does not come up) goes to
the ordinary Python unchanged. Runs on the machines' own Python, 3.10 or newer, and
imports built-in modules alone: its start is a part of every task.
"""

import _socket
import marshal
import os
import sys
import time
from typing import NoReturn

HOME = "/run/hue-warm"
SOCKET = HOME + "/socket"
SERVER = os.path.dirname(os.path.abspath(__file__)) + "/server.py"
PYTHON = "/usr/bin/python3"
PATIENCE = 3.0
"""Seconds a module waits for the server to start."""

REFUSED = b"r"
LENGTH = 8
"""Bytes of the length that stands before a request."""


def main() -> int:
    """Have the server run the module on standard input, and return its exit code."""
    with open(0, "rb", closefd=False) as stdin:
        source = stdin.read()
    connection = reach()
    if connection is None:
        ordinary(source)
    body = marshal.dumps((source, dict(os.environ), os.getcwd()))
    files = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (1, 2))
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)]
    connection.sendmsg([len(body).to_bytes(LENGTH, "big")], rights)
    connection.sendall(body)
    answer = connection.recv(1)
    if answer == REFUSED:
        ordinary(source)
    return answer[0] if answer else 1


def ordinary(source: bytes) -> NoReturn:
    """Become the ordinary Python with *source* as its standard input."""
    handle = os.memfd_create("module")
    os.write(handle, source)
    os.lseek(handle, 0, os.SEEK_SET)
    os.dup2(handle, 0)
    os.execv(PYTHON, [PYTHON])


def reach() -> "_socket.socket | None":
    """Connect to the server; start it when it does not run."""
    started, end = False, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            connection.connect(SOCKET)
        except OSError:
            connection.close()
            if not started:
                start()
            started = True
            time.sleep(0.01)
        else:
            return connection
    return None


def start() -> None:
    """Start the server as a process of its own that holds none of our files."""
    os.makedirs(HOME, 0o700, exist_ok=True)
    if os.fork():
        return
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.chdir("/")
    os.execve(PYTHON, [PYTHON, SERVER, HOME], {"PATH": os.environ.get("PATH", "")})


if __name__ == "__main__":
    if sys.argv[1:]:
        os.execv(PYTHON, [PYTHON, *sys.argv[1:]])
    sys.exit(main())
