"""A machine's place in a cluster: given by its role, taken here."""

import contextlib
import json
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider, UpdateResult

from hue_infra.engine import progress
from hue_infra.errors import RemoteError
from hue_infra.providers import reach
from hue_infra.providers.clusters import ADMIN
from hue_infra.providers.resource import ProvidedResource
from hue_infra.words import say

Props = dict[str, Any]
MARK = "/etc/kubernetes/initialised"
"""Stands on a machine that is a whole node, as role ``kubernetes`` has it."""
SERVICES = (
    *("kubelet", "kube-proxy", "kubernetes-volumes", "network-policy", "pod-network"),
    "keepalived",
)
PKI = "/etc/kubernetes/pki"
ETCD = (
    *("etcdctl", "--endpoints=https://127.0.0.1:2379", f"--cacert={PKI}/etcd/ca.crt"),
    *(f"--cert={PKI}/apiserver-etcd-client.crt", f"--key={PKI}/apiserver-etcd-client.key"),
)
DRAIN = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=300s")


class MemberProvider(ResourceProvider):
    """Takes a machine out of its cluster when it is no more to be in it."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Nothing is left to do: the role has joined the machine."""
        return CreateResult(props["name"], props)

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Another machine is the one to be asked now."""
        return UpdateResult(news)

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether it is reached otherwise, or another machine is to be asked."""
        return DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("node", "head")))

    def delete(self, _id: str, props: Props) -> None:
        """Move what runs on it elsewhere, and let both it and the cluster forget.

        Raises:
            RemoteError: Something that runs on it may not be ended now.
        """
        name, head = str(props["name"]), props["head"]
        if head == props["node"] or not _is_node(head):
            # The cluster ends with it, or has ended.
            return
        progress.say(say("providers.draining", node=name))
        if _kubectl(head, "get", "node", "--ignore-not-found", "--output=name", name):
            _drained(head, name)
        # A machine that is gone has nothing to forget.
        with contextlib.suppress(RemoteError):
            _reset(props["node"])
        _forget_member(head, name)
        _kubectl(head, "delete", "node", "--ignore-not-found", name)


def _is_node(machine: reach.Reach) -> bool:
    return bool(reach.perform(machine, ["sh", "-c", f"ls {MARK} 2>/dev/null || true"]).stdout)


def _drained(head: reach.Reach, name: str) -> None:
    try:
        _kubectl(head, "drain", *DRAIN, name)
    except RemoteError as error:
        raise RemoteError(
            say("providers.not-drained", node=name, why=str(error)),
            hint=say("providers.not-drained-hint", node=name),
        ) from error


def _reset(node: reach.Reach) -> None:
    """Undo what joining made of the machine; its programs and images stay."""
    reach.perform(node, ["rm", "-f", MARK])
    reach.perform(node, ["systemctl", "disable", "--now", *SERVICES])
    reach.perform(node, ["kubeadm", "reset", "--force"])


def _forget_member(head: reach.Reach, name: str) -> None:
    """Have etcd count on the machine no more, if it kept the cluster's data and could not say."""
    told = json.loads(reach.perform(head, [*ETCD, "member", "list", "--write-out=json"]).stdout)
    for member in told["members"]:
        if member.get("name") == name:
            reach.perform(head, [*ETCD, "member", "remove", f"{int(member['ID']):x}"])


def _kubectl(head: reach.Reach, *words: str) -> str:
    return reach.perform(head, ["kubectl", f"--kubeconfig={ADMIN}", *words]).stdout


class Member(ProvidedResource, kind="cluster:Member", provider=MemberProvider):
    """A machine in a cluster."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Keep a machine in its cluster.

        Args:
            name: The node.
            props: ``node`` (the machine's reach), ``head`` (the reach of another machine in
                control, which is asked to forget it; the machine itself where there is none).
            opts: Options of the resource.
        """
        super().__init__(name, {**props, "name": name}, opts)
