"""Sensors in a real cluster: what is acknowledged is kept, a limit raises an alert, walls hold."""

import itertools
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import paho
import pytest
from a_cluster import NODE4, ROOT, Cluster, namespace, numbers, until, until_true
from a_watch import Watch
from some_objects import paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks import observability, platforms
from hue_infra.stacks.components import space
from hue_infra.tools import helm, images, platform_images
from hue_infra.verify import pods, sensors

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE, READERS, OTHERS, WATCHERS = "iot", "environment", "others", "monitoring"
PORT = 30448
HOST = "sensors.lab.test"
CLIENT = (Path(__file__).parent / "sensor_client.py").read_text("utf-8")
LIMITS = [
    {"name": "I", "above": 1, "severity": "warning"},
    {"name": "III", "above": 3.5, "severity": "critical"},
]
DEVICES = [
    {
        "name": "river",
        "place": "Kim Long",
        "every": 60,
        "quantities": [{"name": "level", "unit": "m", "usual": 0.5, "limits": LIMITS}],
    },
    {
        "name": "air",
        "place": "Huế",
        "every": 1,
        "quantities": [{"name": "pm25", "unit": "µg/m³", "usual": 20}],
    },
]
DECLARED: dict[str, Any] = {"devices": DEVICES, "readers": [READERS]}


@dataclass(frozen=True)
class Shore:
    """The chart's release in the cluster, with devices outside and readers in another namespace."""

    cluster: Cluster
    own: dict[str, Any] = field(repr=False)
    outer: dict[str, Any] = field(repr=False)

    def lay(self, **more: object) -> None:
        """Lay the chart's objects into the cluster, and wait until they stand."""
        values = {
            "image": platform_images.ensure("iot").by_digest,
            **DECLARED,
            "size": "16Mi",
            "tls": {"secret": "iot-tls", "outer": "iot-outer-tls"},
            "passwords": {"secret": "iot-passwords"},
            "service": {"nodePort": PORT},
            "clients": [READERS],
            "monitoring": {"namespace": WATCHERS},
            "storage": {"data": "256Mi"},
            "resources": {
                "requests": {"cpu": "50m", "memory": "128Mi"},
                "limits": {"cpu": "2", "memory": "256Mi"},
            },
            **more,
        }
        self.cluster.apply(*helm.render(ROOT / "charts/iot", "iot", SPACE, values))
        self.wait()

    def wait(self) -> None:
        """Until every server is ready, and what devices say is taken up and copied."""
        for kind in ("statefulset/iot", "deployment/iot-readings"):
            self.kubectl("rollout", "status", kind, "--timeout=170s")

    def kubectl(self, *words: str) -> str:
        """What kubectl says of the platform's namespace."""
        return self.cluster.kubectl("-n", SPACE, *words).stdout.strip()

    def say(self, *numbers: float, user: str = "river", **more: object) -> dict[str, Any]:
        """What comes of a device outside that says *numbers*."""
        asked = {
            "do": "publish",
            "host": HOST,
            "port": PORT,
            "ca": self.outer["certificate"],
            "user": user,
            "password": self.own["passwords"][user],
            "topic": "devices/river/level",
            "numbers": numbers,
        }
        return self.cluster.speak(CLIENT, asked | more, name="outside")

    def read(self, user: str = READERS, within: str = READERS, **more: object) -> dict[str, Any]:
        """What a system in a pod of the namespace *within* reads."""
        address = self.kubectl("get", "service", "iot", "-o", "jsonpath={.spec.clusterIP}")
        asked = {
            "do": "read",
            "url": f"tls://{address}:4222",
            "host": f"iot.{SPACE}.svc",
            "ca": self.own["certificate"],
            "user": user,
            "password": self.own["passwords"][user],
            "topic": "river.level",
        }
        (pod_address,) = self.cluster.addresses(within)
        inside = ("ip", "netns", "exec", self.cluster.netns(pod_address))
        return self.cluster.speak(CLIENT, asked | more, *inside)

    def figures(self) -> str:
        """What is told of the devices, asked from the namespace that watches."""
        seen = [one for one in self.cluster.pods(SPACE) if "readings" in one["metadata"]["name"]]
        address = seen[0]["status"]["podIP"]
        inside = ("ip", "netns", "exec", self.cluster.netns(self.watcher()))
        url = f"http://{address}:8080/metrics"
        return self.cluster.node(*inside, "curl", "-s", "--max-time", "3", url, check=False).stdout

    def served_by(self) -> str:
        """The server that the device *river* speaks to just now."""
        inside = ("ip", "netns", "exec", self.cluster.netns(self.watcher()), "curl", "-s")
        for one in self.cluster.pods(SPACE):
            name, address = one["metadata"]["name"], one["status"]["podIP"]
            url = f"http://{address}:8222/connz?mqtt_client=river"
            if "readings" not in name and '"mqtt_client"' in self.cluster.node(*inside, url).stdout:
                return name
        raise LookupError

    def watcher(self) -> str:
        """The address of the client's pod in the namespace that watches."""
        said = self.cluster.kubectl(
            *("-n", WATCHERS, "get", "pod", "client", "-o", "jsonpath={.status.podIP}")
        )
        return said.stdout.strip()

    def verified(self) -> dict[str, str]:
        """The verdict of each check that `verify` makes of it."""
        return self.cluster.verdicts(sensors.verify, "iot", SPACE, DECLARED)


@pytest.fixture(scope="module")
def shore(one_node: Cluster) -> Iterator[Shore]:
    names = platforms.broker_names("iot", SPACE)
    own = credentials.made(sensors.users(DECLARED), names)
    shore = Shore(one_node, own, credentials.made([], [HOST]))
    outer = {"tls.crt": shore.outer["certificate"], "tls.key": shore.outer["key"]}
    spaces = (READERS, OTHERS, WATCHERS)
    one_node.apply(
        *(namespace(one) for one in (SPACE, *spaces)),
        space.secret(SPACE, "iot-tls", space.OPAQUE, paired(own)),
        space.secret(SPACE, "iot-outer-tls", space.OPAQUE, outer),
        space.secret(SPACE, "iot-passwords", space.OPAQUE, own["passwords"]),
        # They do nothing: clients of their namespaces speak from their networks.
        *(pod("client", one, images.pause().by_digest, {}) for one in spaces),
    )
    for machine in ("k8s1", "outside"):
        one_node.put_libraries(nats, paho, name=machine)
    one_node.node("sh", "-c", f'echo "{NODE4} {HOST}" >>/etc/hosts', name="outside")
    try:
        shore.lay()
        for one in spaces:
            one_node.kubectl("-n", one, "wait", "--for=condition=Ready", "pod/client")
        yield shore
    finally:
        one_node.kubectl("delete", "namespace", SPACE, *spaces, "--wait", "--timeout=120s")


def test_what_a_device_outside_says_is_shown_and_read(shore: Shore) -> None:
    said = shore.say(0.25, 0.5)

    assert [number for number, _ in said["said"]] == [0.25, 0.5], said
    line = 'iot_reading{device="river",place="Kim Long",quantity="level",unit="m"} 0.5'
    assert until_true(lambda: line in shore.figures())
    assert numbers(shore.read) == [0.25, 0.5]


def test_a_device_speaks_for_itself_by_its_password_alone(shore: Shore) -> None:
    assert "Not authorized" in str(shore.say(9, password="no")["told"])
    assert "CERTIFICATE_VERIFY_FAILED" in str(shore.say(9, ca=shore.own["certificate"])["told"])
    shore.say(9, user="air", seconds=5)

    assert 9 not in numbers(shore.read)


def test_walls_hold(shore: Shore) -> None:
    assert shore.read(within=OTHERS)["said"] is None
    assert "Authorization" in str(shore.read(user="air")["told"])
    assert "permissions violation" in str(shore.read(consumer="another")["told"]).lower()
    (other,) = shore.cluster.addresses(OTHERS)
    for one in shore.cluster.pods(SPACE):
        for port in (8080, 8222):
            url = f"http://{one['status']['podIP']}:{port}/metrics"
            assert shore.cluster.from_pod(other, url) == "000"


def test_no_acknowledged_reading_is_lost_when_a_server_and_the_keeper_are_killed(
    shore: Shore, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(numbers(shore.read))
    with ThreadPoolExecutor() as pool:
        # Below every limit, whatever its number.
        asked = {"numbers": [round(one / 10**6, 6) for one in range(100_000)], "seconds": 30}
        written = pool.submit(lambda: shore.say(**asked, pause=0.01))
        time.sleep(8)
        chosen = ("-l", "app.kubernetes.io/name=iot-readings")
        keeper = shore.kubectl("get", "pods", *chosen, "-o", "name")
        shore.kubectl("delete", f"pod/{shore.served_by()}", keeper, "--force", "--grace-period=0")
        lines = written.result()["said"]
    shore.wait()
    acknowledged = [number for number, _ in lines]
    kept: list[float] = []

    def all_kept() -> bool:
        kept[:] = numbers(shore.read)[before:]
        return set(acknowledged) <= set(kept)

    whole = until_true(all_kept)
    gap = max(after[1] - one[1] for one, after in itertools.pairwise(lines))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(acknowledged)} readings acknowledged, "
            f"{len(set(acknowledged) - set(kept))} lost, {gap:.1f} s without one\n"
        )

    assert len(acknowledged) > 100
    assert lines[-1][1] - lines[0][1] > 25
    assert whole
    assert gap < 30


def test_simulated_devices_say_what_is_usual(shore: Shore) -> None:
    shore.lay(simulated=True)
    shore.kubectl("rollout", "status", "deployment/iot-simulation", "--timeout=170s")
    line = 'iot_readings_total{device="air",quantity="pm25"}'

    def count() -> int:
        found = [one for one in shore.figures().splitlines() if one.startswith(line)]
        return int(found[0].rsplit(" ", 1)[1]) if found else 0

    first = count()

    try:
        assert until_true(lambda: count() > first + 2)
    finally:
        shore.kubectl("delete", "deployment/iot-simulation")


def test_a_reading_beyond_a_limit_raises_the_alert_of_that_limit(shore: Shore) -> None:
    """After it nobody but the chart's own parts speaks from where they stand."""
    cluster = shore.cluster
    watch = Watch(
        cluster,
        platform_images.ensure("observability").by_digest,
        credentials.made([], ["observability", f"observability.{WATCHERS}.svc"]),
    )
    cluster.apply(space.secret(WATCHERS, observability.TLS, space.TLS, paired(watch.own)))
    told = {"namespace": SPACE, "service": "iot-readings", "port": "state"}
    watch.lay(platforms=[told])

    def open_alerts() -> str:
        found = watch.ask('ALERTS{alertname=~"Reading.*", alertstate="firing"}')
        return str(sorted((one["metric"]["limit"], one["metric"]["severity"]) for one in found))

    assert until_true(lambda: watch.ask("up{namespace='iot'} == 1"))
    assert open_alerts() == "[]"
    for number, expected in (
        (2.0, [("I", "warning")]),
        (4.0, [("I", "warning"), ("III", "critical")]),
        (0.5, []),
    ):
        shore.say(number)
        assert until(str(expected), open_alerts) == str(expected)


def test_verify_proves_it_and_sees_what_is_wrong(
    shore: Shore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shore.verified() == {"reading:iot": "passed", "copies:iot": "passed"}

    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    shore.kubectl("scale", "statefulset/iot", "--replicas=2")
    try:
        assert until_true(lambda: shore.verified()["copies:iot"] == "failed", 60)
    finally:
        shore.kubectl("scale", "statefulset/iot", "--replicas=3")
        shore.wait()
    assert until_true(lambda: set(shore.verified().values()) == {"passed"})


def test_passwords_stand_in_no_log_and_no_settings(shore: Shore) -> None:
    said = "".join(shore.kubectl("logs", f"iot-{number}") for number in range(3))
    said += shore.kubectl("logs", "deployment/iot-readings")
    said += shore.kubectl("get", "configmaps,pods", "-o", "json")

    assert "$PASSWORD_river" in said
    assert [user for user, text in shore.own["passwords"].items() if text in said] == []
