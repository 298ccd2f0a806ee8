"""What watches a cluster, laid into it and asked."""

import json
from dataclasses import dataclass, field
from typing import Any

from a_cluster import NODE4, ROOT, Cluster

from hue_infra.stacks import observability
from hue_infra.tools import helm

INTERVAL = 5


@dataclass(frozen=True)
class Watch:
    """The chart observability in a namespace of a cluster."""

    cluster: Cluster
    image: str
    own: dict[str, Any] = field(repr=False)
    space: str = "monitoring"

    def lay(self, **values: object) -> None:
        """Lay the chart's objects into the cluster, and wait until all of them stand."""
        common = {
            "image": self.image,
            "language": "en",
            "watches": "lab",
            "interval": INTERVAL,
            "machines": [{"name": "k8s1", "address": NODE4, "control": True}],
            "storage": {"data": "1Gi"},
            "tls": {"secret": observability.TLS},
        }
        chart, name = ROOT / "charts/observability", "observability"
        self.cluster.apply(*helm.render(chart, name, self.space, common | values))
        for kind, part in (
            ("statefulset", ""),
            ("statefulset", "-alerts"),
            ("deployment", "-probes"),
        ):
            self.kubectl("rollout", "status", f"{kind}/observability{part}", "--timeout=170s")

    def kubectl(self, *words: str) -> str:
        """What kubectl says of its namespace."""
        return self.cluster.kubectl("-n", self.space, *words).stdout.strip()

    def ask(self, query: str) -> list[dict[str, Any]]:
        """What Prometheus answers to a question."""
        said = self.get("api/v1/query", "--data-urlencode", f"query={query}")
        found: list[dict[str, Any]] = json.loads(said)["data"]["result"]
        return found

    def get(self, path: str, *options: str) -> str:
        """What Prometheus shows at *path*, asked from its own pod."""
        inside = ("exec", "statefulset/observability", "--")
        curl = ("curl", "-sS", "--cacert", "/etc/observability-tls/ca.crt", "--get", *options)
        there = ("--connect-to", "observability:443:localhost:9090")
        return self.kubectl(*inside, *curl, *there, f"https://observability/{path}")
