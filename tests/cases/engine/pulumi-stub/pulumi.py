"""Stands in for Pulumi's command line: keeps what it was asked, and answers by a script.

The directory ``$PULUMI_STUB`` holds ``script.json``; each call adds a line to ``calls.jsonl``.
It knows nothing of resources: the events and the state of a run are those of the script.
"""

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType, ModuleType

STUB = Path(os.environ["PULUMI_STUB"])
SCRIPT = json.loads((STUB / "script.json").read_text("utf-8"))
ARGV = sys.argv[1:]
WORDS = [word for word in ARGV if word != "--non-interactive"]
UPDATES = ("preview", "up", "refresh", "destroy")


def main() -> int:
    """Note the call and answer it; returns the exit code."""
    note()
    if WORDS == ["version"]:
        say(SCRIPT.get("version", "v3.272.0"))
        return SCRIPT.get("version_code", 0)
    name = WORDS[0] if WORDS[0] in UPDATES else " ".join(WORDS[:2])
    answer = SCRIPT.get("commands", {}).get(name, {})
    say(answer.get("stdout", ""))
    complain(answer.get("stderr", ""))
    if code := answer.get("refuses", 0):
        return code
    if WORDS[0] in UPDATES:
        return update(answer)
    return stack(WORDS[1])


def say(text: str) -> None:
    """Print data."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """Print what is no data."""
    sys.stderr.write(f"{text}\n")


def note() -> None:
    """Keep what can be seen of this call."""
    own = sorted(Path.cwd().glob("Pulumi*"))
    told = {
        "argv": ARGV,
        "cwd": str(Path.cwd()),
        "env": {key: text for key, text in os.environ.items() if key.startswith("PULUMI_")},
        "stdin": "" if WORDS == ["version"] else sys.stdin.read(),
        "files": {path.name: path.read_text("utf-8") for path in own},
        "given": {word: Path(word).read_text("utf-8") for word in ARGV if Path(word).is_file()},
    }
    with (STUB / "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")


def stack(deed: str) -> int:
    """Play the commands about a stack and its state."""
    file = state_file()
    match deed:
        case "select" if not file.exists():
            complain(f"error: no stack named '{option('--stack')}' found")
            return 255
        case "init":
            write(file, {"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}})
        case "output":
            masked = dict.fromkeys(SCRIPT.get("secret_outputs", ()), "[secret]")
            shown = {} if "--show-secrets" in WORDS else masked
            say(json.dumps({**SCRIPT.get("outputs", {}), **shown}))
        case "history":
            say(json.dumps([HISTORY]))
        case "export":
            latest = json.loads(file.read_text("utf-8"))["checkpoint"]["latest"]
            say(json.dumps({"version": 3, "deployment": latest}))
        case "import":
            given = json.loads(Path(option("--file")).read_text("utf-8"))
            write(file, given["deployment"])
    return 0


HISTORY = {
    "kind": "update",
    "startTime": "2026-01-01T00:00:00.000Z",
    "endTime": "2026-01-01T00:00:01.000Z",
    "message": "",
    "environment": {},
    "config": {},
    "result": "succeeded",
    "version": 1,
}


def update(answer: dict) -> int:
    """Play a run: its events, the state it leaves, and how it ends."""
    answer_client()
    if answer.get("waits"):
        stopped = wait()
        (STUB / "stopped").write_text(stopped, "utf-8")
        complain("error: update canceled")
        return 1
    send(answer.get("events", []))
    if "state" in answer:
        write(state_file(), answer["state"])
    return answer.get("code", 0)


def answer_client() -> None:
    """Ask the program that is handed over as a server who it is."""
    address = next((word.partition("=")[2] for word in ARGV if word.startswith("--client=")), "")
    if address:
        with library().insecure_channel(address) as channel:
            about = channel.unary_unary("/pulumirpc.LanguageRuntime/About")(b"")
        (STUB / "client").write_bytes(about)


def wait() -> str:
    """Wait for a signal and return its name."""
    caught: list[str] = []

    def catch(number: int, _: FrameType | None) -> None:
        caught.append(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, catch)
    (STUB / "waiting").touch()
    deadline = time.monotonic() + 30
    while not caught and time.monotonic() < deadline:
        time.sleep(0.02)
    # A command takes a while to come to its end; what reaches it meanwhile counts too.
    time.sleep(0.4)
    return " ".join(caught)


def send(events: list) -> None:
    """Tell the events to whoever listens at ``--event-log``."""
    address = option("--event-log").removeprefix("tcp://")
    if not address or not events:
        return
    with library().insecure_channel(address) as channel:
        channel.stream_unary("/pulumirpc.Events/StreamEvents")(map(request, events))


def request(event: dict) -> bytes:
    """An EventRequest, whose first field is the event as JSON: tag, length, text."""
    text = json.dumps(event).encode()
    length, encoded = len(text), bytearray()
    while length > 0x7F:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    return b"\x0a" + bytes([*encoded, length]) + text


def library() -> ModuleType:
    """gRPC alone: the generated classes would cost each call of the tests half a second."""
    sys.path.append(SCRIPT["packages"])
    return importlib.import_module("grpc")


def state_file() -> Path:
    """Where the file backend keeps the state of the stack that is named."""
    root = os.environ["PULUMI_BACKEND_URL"].removeprefix("file://")
    named = option("--stack") or WORDS[-1]
    _, project, name = named.split("/")
    return Path(root) / ".pulumi" / "stacks" / project / f"{name}.json"


def write(file: Path, latest: dict) -> None:
    """Write a checkpoint."""
    file.parent.mkdir(parents=True, exist_ok=True)
    name = f"organization/{file.parent.name}/{file.stem}"
    file.write_text(json.dumps({"version": 3, "checkpoint": {"stack": name, "latest": latest}}))


def option(name: str) -> str:
    """What follows *name* on the command line."""
    return ARGV[ARGV.index(name) + 1] if name in ARGV else ""


if __name__ == "__main__":
    sys.exit(main())
