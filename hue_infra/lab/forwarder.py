"""A program of its own: carry TCP connections from a port of the host into a machine.

It is started by `forwards` and takes one file of settings as its argument.  It uses the
standard library alone, so that it starts at once and holds little memory.
"""

import asyncio
import ctypes
import json
import os
import socket
import sys
from pathlib import Path

CLONE_NEWNET = 0x40000000
CHUNK = 1 << 16
PATIENCE_S = 10
_libc = ctypes.CDLL(None, use_errno=True)


def socket_in(namespace: str, family: int) -> socket.socket:
    """A socket that belongs to the network namespace at the path *namespace*.

    A socket keeps the namespace it was made in, so the process goes in for a moment only;
    the path is opened anew each time because a machine may have been made again since.
    """
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(namespace, os.O_RDONLY)
    try:
        _enter(there)
        return socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    finally:
        _enter(home)
        os.close(there)
        os.close(home)


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way until their end, and hand the end on."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


class Forward:
    """One forward: the namespace and the address that its connections go to."""

    def __init__(self, namespace: str, address: str, port: int) -> None:
        self._namespace = namespace
        self._target = (address, port)
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end; one that finds nobody there is closed."""
        try:
            inner_reader, inner_writer = await self._connect()
        except (OSError, TimeoutError):
            writer.close()
            return
        try:
            await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        finally:
            writer.close()
            inner_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        inner = socket_in(self._namespace, self._family)
        loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(loop.sock_connect(inner, self._target), PATIENCE_S)
        except BaseException:
            inner.close()
            raise
        return await asyncio.open_connection(sock=inner)


async def serve(settings_file: Path) -> None:
    """Listen as *settings_file* says, and write beside it who we are and on which port."""
    settings = json.loads(settings_file.read_text("utf-8"))
    forward = Forward(settings["namespace"], *settings["target"])
    server = await asyncio.start_server(forward.carry, *settings["listen"])
    port = server.sockets[0].getsockname()[1]
    # The name in the middle of the line may hold anything; the start is the 20th word after it.
    started = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    new = settings_file.with_suffix(".new")
    new.write_text(f"{os.getpid()} {started} {port}\n", "utf-8")
    new.replace(settings_file.with_suffix(".up"))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
