"""Every declared flow passes, and a sample of what no flow names does not."""

import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hue_infra.blueprint.flows import LINK, MACHINE, PUBLISHED
from hue_infra.blueprint.plan import Blueprint, Flow, Machine
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Seen, Subject, look

PROBE = Path(__file__).with_name("probe.py")
REACHED = frozenset({"open", "closed"})
TELLING_PORTS = (22, 53, 80, 123, 443, 2379, 5432, 6443, 6514, 8443, 10250)
"""Ports where something listens on some machine, or that an intruder tries first."""
SAMPLE = 60
SEED = 2026


@dataclass(frozen=True, slots=True)
class Probe:
    """One conversation to try, and whether it must come through."""

    flow: str
    source: str
    target: str
    protocol: str
    address: str
    port: int
    wanted: bool

    @property
    def id(self) -> str:
        """Stable name of the check."""
        kind = "flow" if self.wanted else "no-flow"
        family = "6" if ":" in self.address else "4"
        return f"{kind}:{self.flow}:{self.target}:{self.protocol}{family}/{self.port}"


def verify(subject: Subject) -> Iterator[Check]:
    """Try every probe, all machines at once."""
    probes = [*declared(subject.blueprint), *undeclared(subject.blueprint)]
    by_source: dict[str, list[Probe]] = {}
    for probe in probes:
        by_source.setdefault(probe.source, []).append(probe)
    with ThreadPoolExecutor(max_workers=8) as pool:
        for checks in pool.map(lambda item: _tried(subject, *item), by_source.items()):
            yield from checks


def declared(blueprint: Blueprint) -> Iterator[Probe]:
    """A probe for each flow, source machine, target and port, in both families.

    A flow in which nobody answers a stranger is proved by the checks of its role.
    """
    for flow in (one for one in blueprint.flows if not one.is_silent):
        if all(source.startswith(LINK) for source in flow.sources):
            yield from _between_neighbours(blueprint, flow)
            continue
        for source in _sources(blueprint, flow):
            for target, address in _addresses(blueprint, flow.targets):
                for port in flow.ports or (0,):
                    if target != source.name:
                        yield Probe(
                            flow.id, source.name, target, flow.protocol, address, port, wanted=True
                        )


def _between_neighbours(blueprint: Blueprint, flow: Flow) -> Iterator[Probe]:
    """A flow of lines alone is one between the two ends of each line, at the line's addresses."""
    for link in blueprint.links:
        if f"{LINK}{link.id}" not in flow.sources:
            continue
        for source, target in ((link.near, link.far), (link.far, link.near)):
            for address, port in itertools.product((target.ipv4, target.ipv6), flow.ports or (0,)):
                yield Probe(
                    flow.id,
                    source.machine,
                    target.machine,
                    flow.protocol,
                    str(address),
                    port,
                    wanted=True,
                )


def undeclared(blueprint: Blueprint) -> list[Probe]:
    """A sample, always the same, of conversations that no flow names."""
    allowed = {_key(probe) for probe in declared(blueprint)}
    hosts = [machine for machine in blueprint.machines if not machine.is_router]
    names = [machine.name for machine in blueprint.machines]
    every = [
        Probe("none", source.name, target, "tcp", address, port, wanted=False)
        for source, port in itertools.product(hosts, TELLING_PORTS)
        for target, address in _addresses(blueprint, names)
        if target != source.name
    ]
    silent = [probe for probe in every if _key(probe) not in allowed]
    return random.Random(SEED).sample(silent, min(SAMPLE, len(silent)))  # noqa: S311 - a sample


def _key(probe: Probe) -> tuple[str, str, str, int]:
    return probe.source, probe.target, probe.protocol, probe.port


def _sources(blueprint: Blueprint, flow: Flow) -> Iterator[Machine]:
    links = {link.id: (link.near.machine, link.far.machine) for link in blueprint.links}
    routers = {
        name
        for source in flow.sources
        if source.startswith(LINK)
        for name in links.get(source.removeprefix(LINK), ())
    }
    for machine in blueprint.machines:
        inside = f"{MACHINE}{machine.name}" in flow.sources or any(
            port.segment in flow.sources for port in machine.interfaces
        )
        if machine.name in routers if machine.is_router else inside:
            yield machine


def _addresses(blueprint: Blueprint, targets: Iterable[str]) -> Iterator[tuple[str, str]]:
    machines = {machine.name: machine for machine in blueprint.machines}
    published = {f"{PUBLISHED}{item.name}": item for item in blueprint.publications}
    for target in targets:
        if target in published:
            yield target, str(published[target].ipv4)
            yield target, str(published[target].ipv6)
        elif target in machines:
            first = machines[target].interfaces[0]
            yield target, str(first.ipv4)
            yield target, str(first.ipv6)


def _tried(subject: Subject, source: str, probes: Sequence[Probe]) -> list[Check]:
    script = PROBE.read_text("utf-8")
    asked = json.dumps(
        [{"protocol": p.protocol, "address": p.address, "port": p.port} for p in probes]
    )
    seen = look(subject, source, ["python3", "-c", script], asked)
    answers = json.loads(seen.done.stdout) if seen.done.code == 0 else ["failed"] * len(probes)
    return [_check(seen, probe, answer) for probe, answer in zip(probes, answers, strict=True)]


def _check(seen: Seen, probe: Probe, answer: str) -> Check:
    passed = answer in REACHED if probe.wanted else answer == "dropped"
    detail = f"{probe.source} -> {probe.address} {probe.protocol}/{probe.port}: {answer}"
    return seen.check(probe.id, probe.source, passed=passed, detail=detail)
