"""What a cluster needs from outside it: its programs and images, and the way in."""

import base64
import contextlib
import datetime
import time
from pathlib import Path
from typing import Any

import pulumi
from cryptography import x509
from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider, UpdateResult
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from hue_infra.engine import progress
from hue_infra.errors import RemoteError
from hue_infra.providers import reach
from hue_infra.providers.kubernetes.api import Api, access
from hue_infra.providers.resource import ProvidedResource
from hue_infra.tools import artefacts, images, kubernetes
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
        return CreateResult(props["version"], {**props, **_resolved()})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Resolve those of another version."""
        return UpdateResult({**news, **_resolved()})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether another version is asked for, or the cache was emptied."""
        gone = any(not Path(path).exists() for path in _paths(olds))
        return DiffResult(changes=gone or olds.get("version") != news.get("version"))


def _resolved() -> Props:
    # helm first: it is the smaller build, and what renders the charts.
    artefacts.ensure("helm", progress.say)
    portal = images.portal(progress.say)
    return {"variables": kubernetes.role_variables(progress.say), "portal": portal.by_digest}


def _paths(props: Props) -> list[str]:
    variables = props.get("variables") or {}
    archives = [str(image["archive"]) for image in variables.get("kubernetes_images", [])]
    return [str(variables.get("kubernetes_program", "-")), *archives]


class Artefacts(ProvidedResource, kind="cluster:Artefacts", provider=ArtefactsProvider):
    """Programs and images; outputs ``variables`` of the role and the ``portal`` image."""

    variables: pulumi.Output[Props]
    portal: pulumi.Output[str]

    def __init__(self, name: str, version: str, opts: pulumi.ResourceOptions | None = None) -> None:
        own: Props = {"version": version, "variables": None, "portal": None}
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
        return DiffResult(changes=other or _ends_soon(str(olds.get("kubeconfig") or "")))


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
