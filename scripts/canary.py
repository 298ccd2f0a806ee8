"""Look for a stack's secrets where they must not be: in clear in its files, or in any process.

Opens the state with the stack's passphrase, takes every secret there is (of a private key its
body, of a kubeconfig the keys inside), and looks for each, as it stands, in base64 and as JSON
would write it, in every file under the stack's home but the machines' own disks, and in the
argument lists and environments of all processes of this host. The passphrase is looked for too.

Usage: canary.py HOME [ELSEWHERE ...]

HOME is a stack's directory, whose name is the stack's. The passphrase comes from where
`hue-infra` takes it. Ends with 1 when something was found, with 2 when there was no secret to
look for: then nothing is proven.
"""

import argparse
import base64
import binascii
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hue_infra.engine.backend import FileBackend
from hue_infra.engine.values import Secret
from hue_infra.stacks.operations import PROJECT
from hue_infra.stacks.passphrase import passphrase

FOUND, NOTHING_PROVEN = 1, 2
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.+?)-----END", re.DOTALL)
PACKED = re.compile(r"[A-Za-z0-9+/]{64,}={0,2}")
SHORTEST = 8
"""Shorter secrets would be found everywhere by chance."""
DISKS = ("lab", "machines")


def main() -> int:
    """Look, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("elsewhere", type=Path, nargs="*")
    asked = parser.parse_args()
    home = asked.home.resolve()
    phrase = passphrase(home.name, is_new=False, ask=None, tell=print)
    every = secrets_of(home, phrase)
    if not every:
        print(f"{home} holds no secret: nothing is proven")
        return NOTHING_PROVEN
    sought = {name: needles(text) for name, text in every.items()}
    sought["the passphrase"] = needles(phrase)
    places = (home, *asked.elsewhere)
    found = [*in_files(places, sought, home.joinpath(*DISKS)), *in_processes(sought)]
    print("\n".join([*found, f"{len(sought)} secrets sought, {len(found)} found in clear"]))
    return FOUND if found else 0


def secrets_of(home: Path, phrase: str) -> dict[str, str]:
    """Every secret text in the state of the stack at *home*, by where it stands."""
    store = FileBackend(home / "state").stack(PROJECT, home.name)
    snapshot = store.load(store.crypter(lambda: phrase))
    return {
        f"{resource.urn} {side}{path}": text
        for resource in snapshot.resources
        for side, values in (("inputs", resource.inputs), ("outputs", resource.outputs))
        for path, text in _secrets(values, "", inside=False)
        if len(text) >= SHORTEST and not is_public(text)
    }


def is_public(text: str) -> bool:
    """Whether *text* is a certificate alone, which is there for everybody to see."""
    return "BEGIN CERTIFICATE" in (_unpacked(text) or text) and not private_keys(text)


def _secrets(value: object, path: str, *, inside: bool) -> Iterator[tuple[str, str]]:
    match value:
        case Secret():
            yield from _secrets(value.value, path, inside=True)
        case Mapping():
            for key, item in value.items():
                yield from _secrets(item, f"{path}.{key}", inside=inside)
        case list():
            for place, item in enumerate(value):
                yield from _secrets(item, f"{path}[{place}]", inside=inside)
        case str() if inside:
            yield path, value


def needles(text: str) -> frozenset[bytes]:
    """What to look for, that nothing but the secret *text* can hold."""
    parts = [part for key in private_keys(text) for part in _lines(key)] or [text]
    return frozenset(form for part in parts for form in _forms(part))


def private_keys(text: str) -> list[str]:
    """Bodies of the private keys in *text*, those packed in base64 as kubeconfigs do among them."""
    unpacked = [text, *filter(None, map(_unpacked, PACKED.findall(text)))]
    return [body for one in unpacked for body in PRIVATE_KEY.findall(one)]


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _lines(key: str) -> list[str]:
    """The key's lines but the first, which says the algorithm alone, and short ends."""
    lines = key.split()
    return [line for line in lines[1:] if len(line) >= SHORTEST] or lines


def _forms(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield raw
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    # In base64 a text looks different at each of three places it may begin at.
    for before in range(3):
        packed = base64.b64encode(b"\0" * before + raw)
        whole = packed[(4 * before + 2) // 3 : len(packed) - 4]
        if len(whole) >= SHORTEST:
            yield whole


def in_files(
    places: Iterable[Path], sought: Mapping[str, frozenset[bytes]], spared: Path
) -> Iterator[str]:
    """Name each file under *places*, but not under *spared*, that holds a secret."""
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not path.is_symlink() and spared not in path.parents:
                yield from _held(str(path), path.read_bytes(), sought)


def in_processes(sought: Mapping[str, frozenset[bytes]]) -> Iterator[str]:
    """Name each process of the host that holds a secret in its arguments or environment."""
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                content = (process / name).read_bytes()
            except OSError:
                continue
            yield from _held(str(process / name), content, sought)


def _held(place: str, content: bytes, sought: Mapping[str, frozenset[bytes]]) -> Iterator[str]:
    for name, forms in sought.items():
        if any(form in content for form in forms):
            yield f"{place}: {name}"


if __name__ == "__main__":
    sys.exit(main())
