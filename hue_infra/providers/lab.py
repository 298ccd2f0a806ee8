"""What the lab is made of, as resources: base image, networks, machines, links, forwards.

Every provider finds its lab by the directory in its inputs, and every call may be
repeated: a resource half made by an interrupted run is completed by the next.
A difference is looked for in the world, not only in the inputs: a machine that
has died since the last run is a change.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from hue_infra.engine import progress
from hue_infra.lab import Lab, LinkEnd, LinkSpec, MachineSpec, Nic
from hue_infra.lab.base import path_of
from hue_infra.providers.resource import ProvidedResource, seen
from hue_infra.words import say

Props = dict[str, Any]
LOOPBACK = "127.0.0.1"


class LabProvider(ResourceProvider, ABC):
    """Base of the lab's providers: create and update are the same deed, made again."""

    serialize_as_secret_always = False

    @abstractmethod
    def ensure(self, lab: Lab, props: Props) -> Props:
        """Make it so and return what is known afterwards."""

    @abstractmethod
    def is_right(self, lab: Lab, props: Props) -> bool:
        """Whether the world is as *props* say."""

    @abstractmethod
    def remove(self, lab: Lab, props: Props) -> None:
        """Remove it; nothing to do when it is gone."""

    def create(self, props: Props) -> CreateResult:
        """Make it."""
        return CreateResult(props["name"], {**props, **self.ensure(_lab(props), props)})

    def update(self, _id: str, olds: Props, news: Props) -> UpdateResult:
        """Make it again, as it should be."""
        kept = {key: olds[key] for key in self.stables if key in olds}
        return UpdateResult({**news, **self.ensure(_lab(news), {**kept, **news})})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Compare what was asked before and what is there with what is asked now."""
        asked = any(olds.get(key) != value for key, value in news.items() if _is_own(key))
        right = self.is_right(_lab(news), {**olds, **news})
        return DiffResult(changes=asked or not right, stables=list(self.stables))

    stables: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    """Properties that are no inputs."""

    def read(self, id_: str, props: Props) -> ReadResult:
        """Look at it: what is missing is made again by an update, so nothing is ever gone."""
        lab = _lab(props)
        drift = [] if self.is_right(lab, props) else [self.amiss(lab, props)]
        return seen(id_, props, drift, self.made)

    def amiss(self, lab: Lab, props: Props) -> str:
        """What is not right, in a sentence."""
        return say("providers.amiss")

    def delete(self, _id: str, props: Props) -> None:
        """Remove it."""
        self.remove(_lab(props), props)


class BaseImageProvider(LabProvider):
    """The file system that every machine of the lab stands on."""

    made = ("base",)

    def ensure(self, lab: Lab, props: Props) -> Props:
        """Build it, or take it from the cache."""
        return {"base": lab.ensure_base(progress.say).id}

    def is_right(self, lab: Lab, props: Props) -> bool:
        """A cached base is never changed in place."""
        return path_of(str(props.get("base", "-"))).is_dir()

    def remove(self, lab: Lab, props: Props) -> None:
        """Leave it in the cache for the next lab."""


class NetworkProvider(LabProvider):
    """The bridges of one site: one for each of its zones."""

    def ensure(self, lab: Lab, props: Props) -> Props:
        """Make the bridges."""
        for segment in props["segments"]:
            lab.ensure_segment(segment)
        return {}

    def is_right(self, lab: Lab, props: Props) -> bool:
        """Whether every bridge is there."""
        return all(map(lab.has_segment, props["segments"]))

    def amiss(self, lab: Lab, props: Props) -> str:
        """Which bridges are missing."""
        missing = [name for name in props["segments"] if not lab.has_segment(name)]
        return say("providers.no-segments", names=", ".join(missing))

    def update(self, _id: str, olds: Props, news: Props) -> UpdateResult:
        """Make what is new and remove what is no more."""
        self.remove(_lab(olds), {"segments": set(olds["segments"]) - set(news["segments"])})
        return super().update(_id, olds, news)

    def remove(self, lab: Lab, props: Props) -> None:
        """Remove the bridges."""
        for segment in props["segments"]:
            lab.remove_segment(segment)


class MachineProvider(LabProvider):
    """A machine with systemd as its first process."""

    stables = made = ("instance",)

    def ensure(self, lab: Lab, props: Props) -> Props:
        """Boot it."""
        progress.say(say("providers.booting", machine=props["name"]))
        spec = machine_spec(props)
        if props.get("kept"):
            lab.restore(spec, str(props["kept"]))
        lab.ensure_machine(spec)
        machine = lab.machine(props["name"])
        assert machine is not None  # noqa: S101 - just booted
        return {"instance": machine.read("/etc/machine-id").decode().strip()}

    def is_right(self, lab: Lab, props: Props) -> bool:
        """Whether it runs and was made from these inputs."""
        return lab.matches(machine_spec(props))

    def amiss(self, lab: Lab, props: Props) -> str:
        """Whether it has stopped, or is another machine than was asked for."""
        stopped = lab.state(props["name"]) is None
        return say("providers.stopped") if stopped else say("providers.amiss")

    def remove(self, lab: Lab, props: Props) -> None:
        """Stop it and remove its files."""
        lab.remove_machine(props["name"])


class LinkProvider(LabProvider):
    """A line between two routers, shaped to its capacity."""

    def ensure(self, lab: Lab, props: Props) -> Props:
        """Lay the line."""
        lab.ensure_link(link_spec(props))
        return {}

    def is_right(self, lab: Lab, props: Props) -> bool:
        """Whether the line is laid as asked."""
        return lab.link_matches(link_spec(props))

    def remove(self, lab: Lab, props: Props) -> None:
        """Take the line away."""
        lab.remove_link(props["name"])


class ForwardProvider(LabProvider):
    """A door from this machine's loopback to an address in the lab."""

    stables = made = ("port",)

    def ensure(self, lab: Lab, props: Props) -> Props:
        """Open the door; the kernel chooses its port once, and it is kept."""
        target = (str(props["address"]), int(props["target_port"]))
        listen = (LOOPBACK, int(props.get("port") or 0))
        return {"port": lab.forward(props["name"], listen, props["machine"], target)}

    def is_right(self, lab: Lab, props: Props) -> bool:
        """Whether the door is open."""
        return props["name"] in lab.forwards()

    def amiss(self, lab: Lab, props: Props) -> str:
        """Nothing but that: it is closed."""
        return say("providers.closed")

    def remove(self, lab: Lab, props: Props) -> None:
        """Close the door."""
        lab.remove_forward(props["name"])


def machine_spec(props: Mapping[str, Any]) -> MachineSpec:
    """The lab's form of a machine's inputs."""
    nics = tuple(Nic(nic["name"], nic["segment"], tuple(nic["addresses"])) for nic in props["nics"])
    return MachineSpec(
        name=props["name"],
        hostname=props["hostname"],
        base=props["base"],
        nics=nics,
        gateways=tuple(props["gateways"]),
        kubernetes=bool(props["kubernetes"]),
    )


def link_spec(props: Mapping[str, Any]) -> LinkSpec:
    """The lab's form of a link's inputs."""
    a, b = (LinkEnd(end["machine"], end["nic"], tuple(end["addresses"])) for end in props["ends"])
    return LinkSpec(name=props["name"], a=a, b=b, rate_mbps=float(props["rate_mbps"]))


class BaseImage(ProvidedResource, kind="lab:BaseImage", provider=BaseImageProvider):
    """The base image; output ``base`` is its id."""

    base: pulumi.Output[str]

    def __init__(self, name: str, lab: Path, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, {"lab": str(lab), "name": name, "base": None}, opts)


class Network(ProvidedResource, kind="lab:Network", provider=NetworkProvider):
    """The bridges of one site of the lab."""

    def __init__(
        self,
        name: str,
        lab: Path,
        segments: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        own = {"lab": str(lab), "name": name, "segments": list(segments)}
        super().__init__(name, own, opts)


class Machine(ProvidedResource, kind="lab:Machine", provider=MachineProvider):
    """A machine of the lab; output ``instance`` is another one after a rebuild."""

    instance: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        lab: Path,
        props: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        own = {**props, "lab": str(lab), "name": name, "instance": None}
        super().__init__(name, own, opts)


class Link(ProvidedResource, kind="lab:Link", provider=LinkProvider):
    """A line between two routers of the lab."""

    def __init__(
        self,
        name: str,
        lab: Path,
        props: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {**props, "lab": str(lab), "name": name}, opts)


class Forward(ProvidedResource, kind="lab:Forward", provider=ForwardProvider):
    """A loopback port that leads into the lab; output ``port``."""

    port: pulumi.Output[int]

    def __init__(
        self,
        name: str,
        lab: Path,
        props: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        own = {**props, "lab": str(lab), "name": name, "port": None}
        super().__init__(name, own, opts)


def _lab(props: Mapping[str, Any]) -> Lab:
    return Lab(Path(cast(str, props["lab"])))


def _is_own(key: str) -> bool:
    # Which kept disk a machine began with is no property of the machine that stands.
    return key != "kept" and not key.startswith("__")
