"""Rules on what runs in a cluster: whose images, and with which rights."""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from hue_infra.policies.rule import (
    Breach,
    Citation,
    Declared,
    Provenance,
    Resource,
    Rule,
    Severity,
)
from hue_infra.tools.pins import pins
from hue_infra.words import say

CHECKED = datetime.date(2026, 11, 22)
STANDARD_FROM = datetime.date(2026, 7, 24)
DIGEST = re.compile(r"(?P<registry>[^/]+)/[^@]+@sha256:[0-9a-f]{64}")
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
HOST_SHARING = ("hostNetwork", "hostPID", "hostIPC")
TYPES = "kubernetes:.*"
TREE = Mapping[str, object]


def pod_spec(resource: Resource) -> TREE | None:
    """The pod specification inside a Kubernetes workload, or None for anything else."""
    if not resource.type.startswith("kubernetes:"):
        return None
    spec = _branch(resource.inputs, "spec")
    if resource.type.endswith(":Pod"):
        return spec
    if resource.type.endswith(":CronJob"):
        spec = _branch(_branch(spec, "jobTemplate"), "spec")
    template = _branch(spec, "template")
    return _branch(template, "spec") if template else None


def images_by_digest(allowed: Sequence[str]) -> Callable[[Resource], Iterator[Breach]]:
    """Images come from the *allowed* registries and are named by digest."""

    def check(resource: Resource) -> Iterator[Breach]:
        for container in _containers(pod_spec(resource)):
            image = container.get("image")
            if not isinstance(image, str):
                continue
            match = DIGEST.fullmatch(image)
            if match is None:
                yield Breach(say("policies.sup-001-breach-tag", image=image))
            elif match["registry"] not in allowed:
                yield Breach(
                    say("policies.sup-001-breach-registry", image=image, allowed=", ".join(allowed))
                )

    return check


def images_made_here(declared: Declared) -> Iterator[Breach]:
    """What platforms run is made here, and the name that it bears is an allowed registry."""
    own = pins().cluster.registry
    if declared.province.platforms and own not in declared.province.images.allowed:
        yield Breach(say("policies.sup-001-breach-own", registry=own), "images.allowed")


def pods_restricted(resource: Resource) -> Iterator[Breach]:
    """Pods keep to the Pod Security Standard ``restricted``."""
    spec = pod_spec(resource)
    if spec is None:
        return
    yield from (_broken("host", key) for key in HOST_SHARING if spec.get(key))
    volumes = spec.get("volumes")
    for volume in volumes if isinstance(volumes, list) else []:
        if isinstance(volume, Mapping) and "hostPath" in volume:
            yield _broken("host", "hostPath")
    shared = _branch(spec, "securityContext")
    for container in _containers(spec):
        yield from _container_breaches(container, shared)


def _container_breaches(container: TREE, shared: TREE) -> Iterator[Breach]:
    own = _branch(container, "securityContext")
    name = str(container.get("name", "?"))
    dropped = _branch(own, "capabilities").get("drop")
    seccomp = _branch(own, "seccompProfile") or _branch(shared, "seccompProfile")
    wanted = {
        "allowPrivilegeEscalation: false": own.get("allowPrivilegeEscalation") is False,
        "capabilities.drop: [ALL]": isinstance(dropped, list) and "ALL" in dropped,
        "privileged: false": not own.get("privileged"),
        "runAsNonRoot: true": own.get("runAsNonRoot", shared.get("runAsNonRoot")) is True,
        "seccompProfile.type: RuntimeDefault": seccomp.get("type")
        in {"RuntimeDefault", "Localhost"},
    }
    yield from (_broken(name, setting) for setting, kept in wanted.items() if not kept)


def _broken(where: str, setting: str) -> Breach:
    return Breach(say("policies.k8s-001-breach", container=where, setting=setting))


def _containers(spec: TREE | None) -> Iterator[TREE]:
    for key in CONTAINERS:
        found = (spec or {}).get(key)
        yield from (
            (item for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()
        )


def _branch(tree: TREE, key: str) -> TREE:
    found = tree.get(key)
    return found if isinstance(found, Mapping) else {}


def rules(allowed: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of this subject, for a province whose registries are *allowed*."""
    return (
        Rule(
            id="sup-001",
            severity=Severity.HIGH,
            levels=(3, 4, 5),
            citations=(
                Citation(
                    "TCVN 14423:2026", "5.3.2.2", Provenance.SECONDARY, CHECKED, STANDARD_FROM
                ),
            ),
            declared=images_made_here,
            resource=images_by_digest(allowed),
            types=TYPES,
        ),
        Rule(
            id="k8s-001",
            severity=Severity.HIGH,
            levels=(2, 3, 4, 5),
            citations=(
                Citation(
                    "TCVN 14423:2026",
                    "4/5.5.2.1b-c, x.6.2.4",
                    Provenance.SECONDARY,
                    CHECKED,
                    STANDARD_FROM,
                ),
                Citation(
                    "Kubernetes Pod Security Standards", "restricted", Provenance.TEXT, CHECKED
                ),
            ),
            resource=pods_restricted,
            types=TYPES,
        ),
    )
