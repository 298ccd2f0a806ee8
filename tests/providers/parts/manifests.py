"""Stacks of Kubernetes objects, and the objects, for every test of the provider."""

import dataclasses
import uuid

import pulumi
import pulumi_kubernetes

from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.providers.kubernetes import KubernetesProvider
from hue_infra.stacks.components.manifest import Manifest
from hue_infra.stacks.drift import found


class Stack:
    """A stack of its own with its own namespace."""

    def __init__(self, folder, kubeconfig):
        self.folder = folder
        self.kubeconfig = kubeconfig
        self.namespace = f"t-{uuid.uuid4().hex[:8]}"
        self.manifests = [namespace(self.namespace)]
        self.timeout = None
        self.events = []
        self.engine = EmbeddedEngine(StackRef("test", "kube", folder), lambda: "open")
        self.options = Options(
            providers={"kubernetes": KubernetesProvider}, on_event=self.events.append
        )

    def program(self):
        provider = pulumi_kubernetes.Provider("cluster", kubeconfig=self.kubeconfig)
        first = None
        for manifest in self.manifests:
            name = f"{manifest['kind']}-{manifest['metadata'].get('name', 'own')}"
            opts = pulumi.ResourceOptions(
                provider=provider,
                depends_on=[first] if first else [],
                custom_timeouts=self.timeout and pulumi.CustomTimeouts(create=self.timeout),
            )
            made = Manifest(name, manifest, opts)
            first = first or made

    def up(self):
        return self.engine.up(self.program, self.options)

    def looking(self):
        """As the commands of a province run it: what stands is looked at first."""
        looks = dataclasses.replace(self.options, look=lambda _: True)
        return self.engine.up(self.program, looks)

    def foreseen(self):
        """What `looking` would do."""
        looks = dataclasses.replace(self.options, look=lambda _: True)
        return self.engine.preview(self.program, looks)

    def preview(self):
        return self.engine.preview(self.program, self.options)


def secret(namespace, value):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "key", "namespace": namespace},
        "stringData": {"key": value},
    }


def namespace(name, level="privileged"):
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def config_map(where, data, name="words"):
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(where, **container):
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "none.invalid/web:1", **container}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": where},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def ops(outcome, kind):
    return [step.op for step in outcome.steps if step.type.endswith(f":{kind}")]


def drift(stack):
    """Each object that differs, with the paths that do; None for one that is gone."""
    seen = found(stack.engine.preview(None, stack.options, "refresh"))
    assert seen.unseen == ()
    return {
        step.type.rpartition(":")[2]: None
        if step.op == "delete"
        else {change.path: (change.before, change.after) for change in step.changes}
        for step in seen.differing
    }
