"""What a user of the province must be able to do, done from where that user sits."""

import ipaddress
import secrets
from collections.abc import Collection, Iterator

from hue_infra.blueprint.plan import OBSERVABILITY, Machine, Publication
from hue_infra.tools.run import Completed
from hue_infra.verify import objectstores
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject, look, look_until

LOG_PATIENCE = 60.0
"""Seconds within which a line must reach the log server."""
PAGE_PATIENCE = 60.0
"""Seconds within which pods that just started must serve."""
CLOCK_PATIENCE = 60.0
"""Seconds within which a client that just started must have found the time."""
OFFSET = 1.0
"""Largest offset of a clock, seconds (TCVN 14423 asks for one time; NTP gives far better)."""
HTTPS_TIMEOUT = "10"
VISITORS = 3
"""How many machines are asked whether a page opens, where one that is away means nothing."""
FOR_THOSE_IT_KNOWS = {OBSERVABILITY: "401", objectstores.CHART: "403"}
"""Charts that answer those alone whom they know, and what they tell others."""
OWN_CLOCK = "7F7F0101"
"""Reference of the province's first time server, which is its own source without the Internet."""


def verify(subject: Subject) -> Iterator[Check]:
    """Names, pages, log lines and clocks."""
    for visitor in subject.with_role("edge"):
        for publication in subject.blueprint.publications:
            for host in publication.hosts:
                yield resolves(subject, visitor, publication, host)
                yield from opens(subject, visitor, host, _code(subject, publication))
        if subject.with_role("log"):
            yield log_arrives(subject, visitor)
    for machine in subject.blueprint.machines if subject.with_role("time") else ():
        yield clock_is_right(subject, machine)


def resolves(subject: Subject, visitor: Machine, publication: Publication, host: str) -> Check:
    """The province's own DNS gives exactly the published addresses, in both families."""
    wanted = {str(publication.ipv4), str(publication.ipv6)}
    seen = look(subject, visitor.name, ["getent", "ahosts", host])
    found = {_canonical(line.split()[0]) for line in seen.done.stdout.splitlines() if line.strip()}
    return seen.check(f"resolve:{host}", visitor.name, passed=found == wanted)


def _code(subject: Subject, publication: Publication) -> str:
    """What a visitor is told whom the platform does not know."""
    charts = {one.name: one.chart for one in subject.blueprint.platforms}
    return FOR_THOSE_IT_KNOWS.get(charts[publication.name], "200")


def opens(subject: Subject, visitor: Machine, host: str, code: str = "200") -> Iterator[Check]:
    """The page comes over HTTPS, trusted by the machine's own store, in both families."""

    def is_page(done: Completed) -> bool:
        return _is_page(done, code)

    for family in ("4", "6"):
        seen = look_until(subject, visitor.name, _opening(host, family), is_page, PAGE_PATIENCE)
        yield seen.check(f"page:{host}:ipv{family}", visitor.name, passed=is_page(seen.done))


def closed(subject: Subject, platforms: Collection[str]) -> Iterator[str]:
    """The hosts of published *platforms* that open for none of the first visitors just now."""
    visitors = subject.with_role("edge")[:VISITORS]
    for publication in subject.blueprint.publications:
        code = _code(subject, publication)
        for host in publication.hosts if visitors and publication.name in platforms else ():
            looks = (look(subject, one.name, _opening(host, "4")).done for one in visitors)
            if not any(_is_page(done, code) for done in looks):
                yield host


def _opening(host: str, family: str) -> list[str]:
    return [
        *("curl", f"-{family}", "--silent", "--show-error", "--max-time", HTTPS_TIMEOUT),
        *("--output", "/dev/null", "--write-out", "%{http_code} %{ssl_verify_result}"),
        f"https://{host}/",
    ]


def _is_page(done: Completed, code: str) -> bool:
    return done.code == 0 and done.stdout == f"{code} 0"


def log_arrives(subject: Subject, visitor: Machine) -> Check:
    """A line logged on the machine is found at a log server, and only because it travelled."""
    mark = f"hue-verify-{secrets.token_hex(8)}"
    look(subject, visitor.name, ["logger", "--tag", "hue-verify", mark])
    server = subject.with_role("log")[0]
    argv = ["grep", "--recursive", "--files-with-matches", mark, "/var/log/province"]
    seen = look_until(subject, server.name, argv, _is_done, LOG_PATIENCE)
    return seen.check("log", visitor.name, passed=_is_done(seen.done))


def clock_is_right(subject: Subject, machine: Machine) -> Check:
    """The machine follows a source of time, within a second of it."""
    argv = ["chronyc", "-c", "tracking"]
    seen = look_until(subject, machine.name, argv, _is_on_time, CLOCK_PATIENCE)
    return seen.check("clock", machine.name, passed=_is_on_time(seen.done))


def _is_done(done: Completed) -> bool:
    return done.code == 0


def _is_on_time(done: Completed) -> bool:
    return done.code == 0 and is_synchronised(done.stdout)


def is_synchronised(tracking: str) -> bool:
    """Read ``chronyc -c tracking``: a reference, an offset under a second, no alarm."""
    fields = tracking.strip().split(",")
    source, stratum, offset, leap = fields[1], int(fields[2]), float(fields[4]), fields[-1]
    follows = bool(source) or fields[0] == OWN_CLOCK
    return follows and stratum > 0 and abs(offset) < OFFSET and leap != "Not synchronised"


def _canonical(address: str) -> str:
    return str(ipaddress.ip_address(address.partition("%")[0]))
