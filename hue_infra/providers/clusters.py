"""What a cluster needs from outside it: its programs and images, and the way in."""

import base64
import contextlib
import datetime
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
from cryptography import x509
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from hue_infra.engine import progress
from hue_infra.errors import RemoteError
from hue_infra.providers import reach
from hue_infra.providers.kubernetes.api import Api, access
from hue_infra.providers.resource import DRIFT, ProvidedResource, seen
from hue_infra.tools import artefacts, images, kubernetes, platform_images
from hue_infra.words import say

Props = dict[str, Any]
ADMIN = "/etc/kubernetes/admin.conf"
PATIENCE = 180.0
"""Seconds a control plane may take to answer."""
PAUSE = 1.0
LEAST = datetime.timedelta(days=60)
"""What the administrator's certificate has left when it is read again: the node has renewed its own
a month before."""


class ArtefactsProvider(ResourceProvider):
    """Builds, or finds in the cache, the programs and images of a cluster."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Resolve them all."""
        return CreateResult(props["version"], {**props, **_resolved(props)})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Resolve those of another version."""
        return UpdateResult({**news, **_resolved(news)})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether another version or image is asked for, or the cache was emptied."""
        other = any(olds.get(key) != news.get(key) for key in ("version", "platforms"))
        return DiffResult(changes=bool(_gone(olds)) or other)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Whether the cache still has them."""
        missing = [Path(path).name for path in _gone(props)]
        drift = [say("providers.not-cached", names=", ".join(missing))] if missing else []
        return seen(id_, props, drift, made=["variables", "portal", "images"])


def _resolved(props: Props) -> Props:
    # helm first: it is the smaller build, and what renders the charts.
    artefacts.ensure("helm", progress.say)
    portal = images.portal(progress.say)
    wanted = list(props.get("platforms") or [])
    made = {name: platform_images.ensure(name, progress.say).by_digest for name in wanted}
    return {
        "variables": kubernetes.role_variables(progress.say, wanted),
        "portal": portal.by_digest,
        "images": made,
    }


def _gone(props: Props) -> list[str]:
    return [path for path in _paths(props) if not Path(path).exists()]


def _paths(props: Props) -> list[str]:
    variables = props.get("variables") or {}
    archives = [str(image["archive"]) for image in variables.get("kubernetes_images", [])]
    return [str(variables.get("kubernetes_program", "-")), *archives]


class Artefacts(ProvidedResource, kind="cluster:Artefacts", provider=ArtefactsProvider):
    """Programs and images.

    Outputs are ``variables`` of the role, the ``portal`` image, and platforms' ``images`` by name.
    """

    variables: pulumi.Output[Props]
    portal: pulumi.Output[str]
    images: pulumi.Output[dict[str, str]]

    def __init__(
        self,
        name: str,
        version: str,
        platforms: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Ask for them.

        Args:
            name: The resource.
            version: Names all that every cluster needs, by content.
            platforms: Images of platforms, by their names in ``platforms.toml``.
            opts: Options of the resource.
        """
        own: Props = {"version": version, "variables": None, "portal": None, "images": None}
        # A province without such platforms keeps the resource that it had.
        own |= {"platforms": list(platforms)} if platforms else {}
        super().__init__(name, own, opts)


class AccessProvider(ResourceProvider):
    """Reads the administrator's way into a cluster from its control plane."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Read it."""
        return CreateResult(props["name"], {**props, "kubeconfig": _kubeconfig(props)})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Read it again."""
        return UpdateResult({**news, "kubeconfig": _kubeconfig(news)})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether the control plane or the way to it is another one, or its key ends soon."""
        own = ("machine", "server", "instance")
        other = any(olds.get(key) != news.get(key) for key in own)
        ends = _ends_soon(str(olds.get("kubeconfig") or ""))
        return DiffResult(changes=other or ends or bool(olds.get(DRIFT)))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Whether the control plane is still of the cluster that the way leads into.

        Its certificates may be newer: it renews them by itself.
        """
        there = reach.perform(props["machine"], ["cat", ADMIN]).stdout
        is_other = _authorities(there) != _authorities(str(props["kubeconfig"]))
        drift = [say("providers.other-cluster")] if is_other else []
        return seen(id_, props, drift, made=["kubeconfig"])


def rewritten(kubeconfig: str, server: str, server_name: str) -> str:
    """Let *kubeconfig* lead to *server*, whose certificate is for *server_name*."""
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(kubeconfig)
    for cluster in content["clusters"]:
        cluster["cluster"]["server"] = server
        cluster["cluster"]["tls-server-name"] = server_name
    text = StringIO()
    yaml.dump(content, text)
    return str(text.getvalue())


def _authorities(kubeconfig: str) -> list[str]:
    """Who vouches for the clusters that *kubeconfig* names."""
    content = YAML(typ="safe", pure=True).load(kubeconfig) or {}
    clusters = content.get("clusters", ())
    return [str(one["cluster"].get("certificate-authority-data")) for one in clusters]


def _ends_soon(kubeconfig: str) -> bool:
    """Whether the certificate in *kubeconfig* has less than `LEAST` left, or is none."""
    content = YAML(typ="safe", pure=True).load(kubeconfig) or {}
    for user in content.get("users", ()):
        pem = base64.b64decode(user["user"].get("client-certificate-data", ""))
        if not pem:
            return True
        end = x509.load_pem_x509_certificate(pem).not_valid_after_utc
        return end - datetime.datetime.now(datetime.UTC) < LEAST
    return True


def _kubeconfig(props: Props) -> str:
    found = reach.perform(props["machine"], ["cat", ADMIN]).stdout
    kubeconfig = rewritten(found, props["server"], props["server_name"])
    _await_server(kubeconfig)
    return kubeconfig


def _await_server(kubeconfig: str) -> None:
    """Wait until the API server answers: one on a machine that just booted takes a while."""
    deadline = time.monotonic() + PATIENCE
    with contextlib.closing(Api(access(kubeconfig))) as api:
        while not api.is_ready():
            if time.monotonic() > deadline:
                raise RemoteError(say("providers.server-silent", seconds=int(PATIENCE)))
            progress.say(say("providers.server-awaited"))
            time.sleep(PAUSE)


class Access(ProvidedResource, kind="cluster:Access", provider=AccessProvider):
    """The way into a cluster; output ``kubeconfig`` is secret."""

    kubeconfig: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Read the way in.

        Args:
            name: The cluster.
            props: ``machine`` (a reach of the control plane), ``server`` (URL), ``server_name``
                (in its certificate), ``instance`` (of the machine).
            opts: Options of the resource.
        """
        secret = pulumi.ResourceOptions(additional_secret_outputs=["kubeconfig"])
        own = {**props, "name": name, "kubeconfig": None}
        super().__init__(name, own, pulumi.ResourceOptions.merge(opts, secret))
