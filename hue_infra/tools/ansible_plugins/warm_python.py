#!/usr/bin/python3 -ISE
"""A Python on a machine that has Ansible's libraries loaded already.

Most of a task's time on a machine goes into starting Python, unpacking and loading
Ansible's libraries, anew for every task.  Ansible is told that this file is its Python:
it hands the module on to a server on the same machine, which has loaded all that once,
forks, and runs the module in the fork.  The server starts with the first module, takes
the libraries from it, and ends after half a minute without work.

What this does not know (arguments, another Ansible, a server that does not come up) goes to
the ordinary Python unchanged.  Runs on the machines' own Python (3.10 or newer), and
imports no more than it must: this file's own start is a part of every task.
"""

import _socket
import marshal
import os
import sys

HOME = "/run/hue-warm"
SOCKET = HOME + "/socket"
PYTHON = "/usr/bin/python3"
IDLE = 30.0
"""Seconds without a module after which the server ends."""

PATIENCE = 3.0
"""Seconds a module waits for the server to start."""

HEADER = 8


def ordinary(source: bytes) -> None:
    """Become the ordinary Python with *source* as its standard input."""
    handle = os.memfd_create("module")
    os.write(handle, source)
    os.lseek(handle, 0, os.SEEK_SET)
    os.dup2(handle, 0)
    os.execv(PYTHON, [PYTHON])


def client() -> int:
    """Have the server run the module on standard input, and return its exit code."""
    with open(0, "rb", closefd=False) as stdin:
        source = stdin.read()
    connection = _connection()
    if connection is None:
        ordinary(source)
    body = marshal.dumps((source, dict(os.environ), os.getcwd()))
    fds = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (1, 2))
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)]
    connection.sendmsg([len(body).to_bytes(HEADER, "big")], rights)
    connection.sendall(body)
    code = connection.recv(1)
    if code == b"r":
        # The server has another Ansible's libraries loaded.
        ordinary(source)
    return code[0] - 1 if code else 1


def _connection():  # noqa: ANN202 - a type would be one more import
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    import time  # noqa: PLC0415 - as above, and the built-in module is free

    started, end = False, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            connection.connect(SOCKET)
        except OSError:
            if not started:
                _start()
            started = True
            time.sleep(0.01)
        else:
            return connection
    return None


def _start() -> None:
    """Start the server, a process of its own that holds none of our files."""
    os.makedirs(HOME, 0o700, exist_ok=True)
    if os.fork():
        return
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.chdir("/")
    os.execve(PYTHON, [PYTHON, __file__, "--serve"], {"PATH": os.environ.get("PATH", "")})


def serve() -> None:
    """Run modules until none has come for a while; one server a machine."""
    import fcntl  # noqa: PLC0415 - the client must not pay for the server's imports
    import socket  # noqa: PLC0415

    lock = os.open(HOME + "/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    os.umask(0o077)
    listener.bind(SOCKET)
    os.umask(0o022)
    listener.listen(16)
    listener.settimeout(IDLE)
    loaded = b""
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            os.unlink(SOCKET)
            return
        _reap()
        loaded = _take(connection, loaded)
        connection.close()


def _take(connection, loaded: bytes) -> bytes:  # noqa: ANN001 - see _connection
    """Run one module in a fork; return which Ansible is loaded."""
    import socket  # noqa: PLC0415 - see serve

    connection.settimeout(10)
    try:
        head, fds, _, _ = socket.recv_fds(connection, HEADER, 2)
        body = bytearray()
        while len(body) < int.from_bytes(head, "big"):
            part = connection.recv(1 << 20)
            if not part:
                return loaded
            body += part
    except OSError:
        return loaded
    source, environment, directory = marshal.loads(bytes(body))
    archive = _archive(source)
    mark = _mark(archive)
    if not loaded:
        loaded = _load(archive, mark)
    if mark and mark == loaded:
        if os.fork() == 0:
            _become(connection, fds, environment, directory)
            _run(source, connection)
    else:
        connection.send(b"r")
    for fd in fds:
        os.close(fd)
    return loaded


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _archive(source: bytes) -> bytes:
    """The zip file inside an Ansible module, empty where there is none."""
    import base64  # noqa: PLC0415 - see serve
    import re  # noqa: PLC0415

    found = re.search(rb"zip_data=['\"]([A-Za-z0-9+/=\s\\n]+)['\"]", source)
    return base64.b64decode(found[1]) if found else b""


def _mark(archive: bytes) -> bytes:
    """What tells one Ansible's libraries from another's: the checksum of their core."""
    import io  # noqa: PLC0415 - see serve
    import zipfile  # noqa: PLC0415

    try:
        info = zipfile.ZipFile(io.BytesIO(archive)).getinfo("ansible/module_utils/basic.py")
    except (KeyError, zipfile.BadZipFile):
        return b""
    return info.CRC.to_bytes(4, "big")


def _load(archive: bytes, mark: bytes) -> bytes:
    """Load the libraries that every module needs out of the first one that comes."""
    import importlib  # noqa: PLC0415 - see serve

    if not mark:
        return b""
    path = HOME + "/libraries.zip"
    with open(path, "wb") as file:
        file.write(archive)
    sys.path.insert(0, path)
    for name in ("basic", "_internal._ansiballz._loader", "common.text.converters"):
        importlib.import_module("ansible.module_utils." + name)
    for name in (
        "base64",
        "runpy",
        "shutil",
        "subprocess",
        "tempfile",
        "zipfile",
        "apt",
        "apt_pkg",
    ):
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    sys.path.remove(path)
    return mark


def _become(connection, fds: list, environment: dict, directory: str) -> None:  # noqa: ANN001
    """Take on the files, environment and place of who asked; die when they go away."""
    import fcntl  # noqa: PLC0415 - see serve
    import signal  # noqa: PLC0415

    os.setsid()
    for number, fd in enumerate(fds, 1):
        os.dup2(fd, number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    # A module whose task was given up must not go on changing the machine.
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)


class FromPayload:
    """Finds Ansible's modules in the zip file that the task brought, not in the first one."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> object:
        """Look in the first place of ``sys.path``, where the module puts its zip file."""
        from importlib.machinery import PathFinder  # noqa: PLC0415 - see serve

        if not name.startswith("ansible."):
            return None
        parent = name.rpartition(".")[0].replace(".", "/")
        return PathFinder.find_spec(name, [sys.path[0] + "/" + parent])


def _run(source: bytes, connection) -> None:  # noqa: ANN001 - see _connection
    """Run the module as the main program, say its exit code, and end."""
    import atexit  # noqa: PLC0415 - see serve
    import traceback  # noqa: PLC0415
    import types  # noqa: PLC0415

    sys.meta_path.insert(0, FromPayload)
    sys.argv = [""]
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    code = 0
    try:
        exec(compile(source, "<stdin>", "exec"), main.__dict__)  # noqa: S102 - its whole task
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - told and turned into an exit code, as Python does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([(code & 127) + 1]))
    os._exit(code)


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    elif sys.argv[1:]:
        os.execv(PYTHON, [PYTHON, *sys.argv[1:]])
    else:
        sys.exit(client())
