"""Run on a machine: try conversations and tell which came through.

Reads a JSON list of probes ``{"protocol", "address", "port"}`` on standard input and
prints the list of answers: ``open`` (it was answered), ``closed`` (the machine was
reached and nobody listens) or ``dropped`` (silence).  Standard library only: the
machine needs nothing but Python.
"""

import asyncio
import contextlib
import json
import struct
import sys

PATIENCE = 1.5
DNS, NTP = 53, 123
QUESTION = struct.pack(">6H", 0x4855, 0x0100, 1, 0, 0, 0) + b"\0" + struct.pack(">2H", 6, 1)
"""A DNS query: the SOA of the root, recursion desired; any answer will do."""
CLIENT = b"\x23" + bytes(47)
"""An NTP version 4 client request (RFC 5905)."""
PAYLOADS = {DNS: QUESTION, NTP: CLIENT}


class Datagram(asyncio.DatagramProtocol):
    """Waits for the first answer, or for word that nobody listens."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """An answer came."""
        del data, addr
        self._tell("open")

    def error_received(self, exc: Exception) -> None:
        """The machine answered that the port is closed, or a router that it is not reached."""
        self._tell("closed" if isinstance(exc, ConnectionRefusedError) else "dropped")

    def _tell(self, word: str) -> None:
        if not self.answer.done():
            self.answer.set_result(word)


async def tcp(address: str, port: int) -> str:
    """Open a connection and close it."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), PATIENCE)
    except ConnectionRefusedError:
        return "closed"
    except (OSError, asyncio.TimeoutError):  # noqa: UP041 - two classes before Python 3.11
        return "dropped"
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return "open"


async def udp(address: str, port: int) -> str:
    """Send one datagram and wait for an answer."""
    loop = asyncio.get_running_loop()
    transport, talk = await loop.create_datagram_endpoint(Datagram, remote_addr=(address, port))
    try:
        transport.sendto(PAYLOADS.get(port, b"hue-infra"))
        return await asyncio.wait_for(talk.answer, PATIENCE)
    except asyncio.TimeoutError:  # noqa: UP041 - two classes before Python 3.11
        return "dropped"
    finally:
        transport.close()


async def icmp(address: str, _port: int) -> str:
    """Ask for one echo with the system's own program."""
    argv = ["ping", "-n", "-c", "1", "-W", "2", address]
    process = await asyncio.create_subprocess_exec(*argv, stdout=-3, stderr=-3)
    return "dropped" if await process.wait() else "open"


async def main() -> None:
    """Try every probe at once."""
    tries = {"tcp": tcp, "udp": udp, "icmp": icmp}
    probes = json.load(sys.stdin)
    answers = await asyncio.gather(
        *(tries[probe["protocol"]](probe["address"], probe["port"]) for probe in probes)
    )
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
