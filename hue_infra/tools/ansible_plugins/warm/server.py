"""Run Ansible's modules in forks of a Python that has their libraries loaded.

``python.py`` beside this file starts it and tells why. It takes the libraries from the first
module that comes, and ends after half a minute without work. Root alone reaches its socket.
"""

import atexit
import base64
import contextlib
import fcntl
import importlib
import io
import marshal
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import types
import zipfile
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import NoReturn

# Ansible's wrapper and nearly every module import these: they are loaded before the fork.
PRELOADED = (runpy, shutil, subprocess, tempfile)

LIBRARIES = ("basic", "_internal._ansiballz._loader", "common.text.converters")
IDLE = 30.0
"""Seconds without a module after which the server ends."""

SLOWEST_REQUEST = 10.0
"""Seconds a client may take to send its module."""

REFUSED = b"r"
LENGTH = 8
EXIT_CODES = 100
"""Exit codes are told in one byte, below the letter that refuses."""


def main(home: Path) -> None:
    """Serve until nothing has come for a while; one server a machine."""
    lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    place = home / "socket"
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(place))
        listener.listen(16)
        listener.settimeout(IDLE)
        with contextlib.suppress(TimeoutError):
            serve(listener, home)
    place.unlink(missing_ok=True)


def serve(listener: socket.socket, home: Path) -> NoReturn:
    """Run a module for each connection, in a fork of its own."""
    loaded = b""
    while True:
        connection, _ = listener.accept()
        reap()
        with connection, contextlib.suppress(OSError):
            body, files = receive(connection)
            source, environment, directory = marshal.loads(body)  # noqa: S302 - from root, to root
            archive = archive_of(source)
            mark = mark_of(archive)
            if mark and not loaded:
                load(archive, home)
                loaded = mark
            if not mark or mark != loaded:
                connection.send(REFUSED)
            elif os.fork() == 0:
                listener.close()
                become(connection, files, environment, directory)
                run(source, connection)
            for fd in files:
                os.close(fd)


def receive(connection: socket.socket) -> "tuple[bytes, list[int]]":
    """Read a request: the module with its surroundings, and the files it writes to."""
    connection.settimeout(SLOWEST_REQUEST)
    head, files, _, _ = socket.recv_fds(connection, LENGTH, 2)
    length, body = int.from_bytes(head, "big"), bytearray()
    while len(body) < length:
        part = connection.recv(1 << 20)
        if not part:
            raise ConnectionResetError
        body += part
    return bytes(body), files


def reap() -> None:
    """Forget the forks that ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def archive_of(source: bytes) -> bytes:
    """The zip file inside an Ansible module, empty where there is none."""
    found = re.search(rb"zip_data=['\"]([A-Za-z0-9+/=\s\\n]+)['\"]", source)
    return base64.b64decode(found[1]) if found else b""


def mark_of(archive: bytes) -> bytes:
    """What tells one Ansible's libraries from another's: the checksum of their core."""
    try:
        info = zipfile.ZipFile(io.BytesIO(archive)).getinfo("ansible/module_utils/basic.py")
    except (KeyError, zipfile.BadZipFile):
        return b""
    return info.CRC.to_bytes(4, "big")


def load(archive: bytes, home: Path) -> None:
    """Load the libraries that every module needs from a module's own archive."""
    path = home / "libraries.zip"
    path.write_bytes(archive)
    sys.path.insert(0, str(path))
    for name in LIBRARIES:
        importlib.import_module(f"ansible.module_utils.{name}")
    sys.path.remove(str(path))


def become(
    connection: socket.socket, files: "list[int]", environment: "dict[str, str]", directory: str
) -> None:
    """Take on the files, environment and place of who asked; end when they go away."""
    os.setsid()
    for number, fd in enumerate(files, 1):
        os.dup2(fd, number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    # A module whose task was given up must not go on changing the machine.
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG if hasattr(fcntl, "F_SETSIG") else 10, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)


class FromPayload:
    """Finds Ansible's modules in the archive that the task brought, not in the first one."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> "ModuleSpec | None":
        """Look in the first place of ``sys.path``, where a module puts its own archive."""
        if not name.startswith("ansible."):
            return None
        parent = name.rpartition(".")[0].replace(".", "/")
        return PathFinder.find_spec(name, [f"{sys.path[0]}/{parent}"])


def run(source: bytes, connection: socket.socket) -> NoReturn:
    """Run the module as the main program, tell its exit code, and end."""
    sys.meta_path.insert(0, FromPayload)
    sys.argv = [""]
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    program = sys.modules["__main__"] = types.ModuleType("__main__")
    code = 0
    try:
        exec(compile(source, "<stdin>", "exec"), program.__dict__)  # noqa: S102 - its whole task
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - told and made an exit code, as Python itself does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # noqa: SLF001 - no public way
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([min(code, EXIT_CODES) if code >= 0 else 1]))
    os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
