"""What a lab is asked to hold: machines with their interfaces, and links between them."""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass
from typing import NamedTuple

from hue_infra.errors import InputError
from hue_infra.words import say

INTERFACE_LENGTH = 15  # IFNAMSIZ of Linux, less its closing zero
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Nic:
    """One interface of a machine, its segment, and addresses such as ``10.57.0.5/24``."""

    name: str
    segment: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """A machine as asked for.

    Args:
        name: Name in the lab.
        hostname: Its full domain name; the part before the first dot is its host name.
        base: Id of the base image under it.
        nics: Its interfaces on segments; links bring their own.
        gateways: Default routes, at most one a family.
        kubernetes: Whether it can run containerd and kubelet.
    """

    name: str
    hostname: str
    base: str
    nics: tuple[Nic, ...] = ()
    gateways: tuple[str, ...] = ()
    kubernetes: bool = False


class LinkEnd(NamedTuple):
    """One end of a link: an interface of a machine and its addresses."""

    machine: str
    nic: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A line between two machines; each sends at most *rate_mbps* (10⁶ bit/s) into it."""

    name: str
    a: LinkEnd
    b: LinkEnd
    rate_mbps: float


def check_name(name: str) -> str:
    """Return *name* when it can name a machine, a segment, a link or a forward.

    Raises:
        InputError: It holds other signs than a-z, 0-9 and inner hyphens, or is too long.
    """
    if _NAME.fullmatch(name):
        return name
    raise InputError(say("lab.bad-name", name=name))


def to_json(spec: MachineSpec | LinkSpec) -> str:
    """Write *spec* down so that equal specs give equal text."""
    return json.dumps(dataclasses.asdict(spec), sort_keys=True, indent=1)


def machine_from_json(text: str) -> MachineSpec:
    """Read a machine's spec back.

    Raises:
        ValueError: The text is not one, such as a file cut short.
    """
    found = json.loads(text)
    nics = [Nic(n["name"], n["segment"], tuple(n["addresses"])) for n in found.pop("nics")]
    gateways = tuple(found.pop("gateways"))
    return MachineSpec(**found, nics=tuple(nics), gateways=gateways)


def link_from_json(text: str) -> LinkSpec:
    """Read a link's spec back.

    Raises:
        ValueError: The text is not one.
    """
    found = json.loads(text)
    a, b = (LinkEnd(end[0], end[1], tuple(end[2])) for end in (found["a"], found["b"]))
    return LinkSpec(found["name"], a, b, found["rate_mbps"])


def short(kind: str, *words: str) -> str:
    """Make an interface name of *words* that fits: themselves, or a hash of them."""
    plain = "-".join((kind, *words))
    if len(plain) <= INTERFACE_LENGTH:
        return plain
    return f"{kind}-{hashlib.sha256(plain.encode()).hexdigest()[:11]}"
