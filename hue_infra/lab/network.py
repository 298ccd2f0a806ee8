"""Network namespaces, bridges, interfaces and links: what an installer or a cable gives.

The bridges stand in a namespace of their own, so no address of a lab is ever seen on
the host.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from hue_infra.lab import locks, specs
from hue_infra.lab.layout import NETNS
from hue_infra.tools.run import Completed, run

# Addresses of a lab are known and single: no waiting to detect doubles, no routers' advice.
_QUIET_IPV6 = "accept_dad=0 dad_transmits=0 accept_ra=0 autoconf=0 router_solicitations=0"
_QUIET_IPV6 += " router_solicitation_delay=0"
BURST_MS = 4  # a bucket holds this long at full rate; the kernel's timer ticks each 1 to 4 ms
BUCKET_MIN_BYTES = 20_000
QUEUE_PACKETS = 200
FAR_INDICES = range(100_000, 1_000_000)


def add_namespace(name: str) -> None:
    """Make the network namespace *name* with its loopback up; fine when it is there."""
    if has_namespace(name):
        return
    run(["ip", "netns", "delete", name], check=False)  # a file left without its mount
    run(["ip", "netns", "add", name])
    in_namespace(name, _sysctl("all", _QUIET_IPV6) + _sysctl("default", _QUIET_IPV6))
    ip(name, ["link set lo up"])


def has_namespace(name: str) -> bool:
    """Whether *name* is a whole network namespace, and not the file of a half-made one."""
    try:
        here, there = Path("/run").stat(), (NETNS / name).stat()
    except FileNotFoundError:
        return False
    return here.st_dev != there.st_dev


def remove_namespace(name: str) -> None:
    """Remove the network namespace *name* with all its interfaces; fine when it is gone."""
    if (NETNS / name).exists():
        run(["ip", "netns", "delete", name], check=False)


def remove_empty_directory() -> None:
    """Take away iproute2's directory mount when no namespace is left in it."""
    if not NETNS.is_dir():
        return
    with locks.directory_held(NETNS):
        if not any(NETNS.iterdir()):
            run(["umount", str(NETNS)], check=False)


def namespaces(prefix: str) -> list[str]:
    """The network namespaces whose names begin with *prefix*, whole or half-made."""
    if not NETNS.is_dir():
        return []
    return sorted(path.name for path in NETNS.iterdir() if path.name.startswith(prefix))


def ip(namespace: str, commands: Iterable[str], *, check: bool = True) -> Completed:
    """Run several of ip's commands in one process inside *namespace*."""
    force = [] if check else ["-force"]
    argv = ["ip", "-netns", namespace, *force, "-batch", "-"]
    return run(argv, input="\n".join(commands) + "\n", check=check)


def in_namespace(namespace: str, script: str) -> Completed:
    """Run a shell script inside the network namespace alone; files are the host's."""
    return run(["nsenter", f"--net={NETNS / namespace}", "sh", "-eu"], input=script)


def interfaces(namespace: str) -> set[str]:
    """Names of the interfaces in *namespace*, loopback among them."""
    said = run(["ip", "-netns", namespace, "-json", "link", "show"], check=False)
    return {link["ifname"] for link in json.loads(said.stdout or "[]")}


def _sysctl(interface: str, settings: str) -> str:
    lines = (setting.partition("=") for setting in settings.split())
    base = f"/proc/sys/net/ipv6/conf/{interface}"
    # A host without IPv6 has no such files.
    return "".join(f"[ ! -e {base}/{k} ] || echo {v} >{base}/{k}\n" for k, _, v in lines)


def add_switch(namespace: str) -> None:
    """Make the namespace of the bridges."""
    if has_namespace(namespace):
        return
    add_namespace(namespace)
    # A switch has no addresses of its own, and passes packets by no rule of a firewall.
    script = _sysctl("default", "disable_ipv6=1")
    for family in ("iptables", "ip6tables", "arptables"):
        file = f"/proc/sys/net/bridge/bridge-nf-call-{family}"
        script += f"[ ! -w {file} ] || echo 0 >{file}\n"
    in_namespace(namespace, script)


def bridge(segment: str) -> str:
    """Name of the bridge of *segment*."""
    return specs.short("br", segment)


def add_segment(switch: str, segment: str) -> None:
    """Make the bridge of *segment*; fine when it is there."""
    name = bridge(segment)
    ip(switch, [f"link add {name} type bridge forward_delay 0 stp_state 0"], check=False)
    ip(switch, [f"link set {name} type bridge mcast_snooping 0", f"link set {name} up"])


def remove_segment(switch: str, segment: str) -> None:
    """Remove the bridge of *segment*; fine when it is gone."""
    if has_namespace(switch) and bridge(segment) in interfaces(switch):
        ip(switch, [f"link delete {bridge(segment)}"])


def port(machine: str, nic: str) -> str:
    """Name of the switch's end of a machine's interface."""
    return f"p-{hashlib.sha256(f'{machine}/{nic}'.encode()).hexdigest()[:12]}"


def add_nic(switch: str, namespace: str, machine: str, nic: specs.Nic) -> None:
    """Plug *nic* into its segment and give it its addresses; make it anew when it is there."""
    end = port(machine, nic.name)
    ip(namespace, [f"link delete {nic.name}"], check=False)
    ip(switch, [f"link delete {end}"], check=False)
    _cable((switch, end), (namespace, nic.name))
    ip(
        switch,
        [
            f"link set {end} alias {machine}/{nic.name}",
            f"link set {end} master {bridge(nic.segment)} up",
        ],
    )
    configure(namespace, nic.name, nic.addresses)


def _cable(a: tuple[str, str], b: tuple[str, str]) -> None:
    """Make a pair of interfaces, each at once in its (namespace, name); the host sees neither.

    Were both numbered alike, each in its namespace, the kernel would take them for no pair
    and tell of the carrier up to a second late; so one has a number out of the usual range.
    """
    number = str(secrets.choice(FAR_INDICES))
    here = ["link", "add", "index", number, "netns", a[0], "name", a[1], "type", "veth"]
    run(["ip", *here, "peer", "netns", b[0], "name", b[1]])


def remove_nic(namespace: str, nic: str) -> None:
    """Unplug the interface *nic*; fine when it is gone."""
    ip(namespace, [f"link delete {nic}"], check=False)


def configure(namespace: str, nic: str, addresses: Sequence[str]) -> None:
    """Bring *nic* up and give it its addresses.

    In this order: IPv6 puts off what it finds on an interface that comes up by up to a second.
    """
    ip(
        namespace,
        [
            f"link set {nic} up",
            *(f"address add {address}{_no_dad(address)} dev {nic}" for address in addresses),
        ],
    )


def _no_dad(address: str) -> str:
    return " nodad" if ":" in address else ""


def set_gateways(namespace: str, gateways: Sequence[str]) -> None:
    """Set the default routes, one a family; a family without gateway loses its own."""
    ip(namespace, ["route delete 0.0.0.0/0", "route delete ::/0"], check=False)
    if gateways:
        ip(namespace, [f"route replace default via {gateway}" for gateway in gateways])


def add_link(a_namespace: str, b_namespace: str, spec: specs.LinkSpec) -> None:
    """Lay a cable between two machines, shaped at both ends; make it anew when it is there."""
    ends = ((a_namespace, spec.a), (b_namespace, spec.b))
    for namespace, end in ends:
        remove_nic(namespace, end.nic)
    _cable((a_namespace, spec.a.nic), (b_namespace, spec.b.nic))
    for namespace, end in ends:
        shape(namespace, end.nic, spec.rate_mbps)
        ip(namespace, [f"link set {end.nic} up"])
    for namespace, end in ends:
        configure(namespace, end.nic, end.addresses)


def shape(namespace: str, nic: str, rate_mbps: float) -> None:
    """Let *nic* send at most *rate_mbps* (10⁶ bit/s): htb class 1:1, all traffic in 1:10.

    A role may add classes under 1:1 and sort traffic into them.
    """
    rate = round(rate_mbps * 1_000_000)
    burst = max(BUCKET_MIN_BYTES, rate // 8 * BURST_MS // 1000)
    limits = f"rate {rate}bit ceil {rate}bit burst {burst} cburst {burst} quantum 3000"
    commands = (
        f"qdisc replace dev {nic} root handle 1: htb default 10",
        f"class replace dev {nic} parent 1: classid 1:1 htb {limits}",
        f"class replace dev {nic} parent 1:1 classid 1:10 htb {limits}",
        f"qdisc replace dev {nic} parent 1:10 handle 10: pfifo limit {QUEUE_PACKETS}",
    )
    run(["tc", "-netns", namespace, "-batch", "-"], input="\n".join(commands) + "\n")
