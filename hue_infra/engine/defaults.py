"""Default providers, made when first needed, and the options that children have from parents."""

import threading
from dataclasses import replace

from hue_infra.engine import urns
from hue_infra.engine.api import Options
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.registration import Registration
from hue_infra.engine.values import PropertyMap, Secret
from hue_infra.errors import EngineError
from hue_infra.words import say

DYNAMIC = "pulumi-python"
"""The package of dynamic providers, which see the whole configuration."""


class DefaultProviders:
    """One provider for each package and version that a program names no provider for."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._locks: dict[str, threading.Lock] = {}
        self._made: dict[str, Entry] = {}
        self._guard = threading.Lock()

    def reference(self, package: str, version: str) -> str:
        """The reference of the default provider, made now if it was not yet."""
        name = f"default_{version.replace('.', '_')}" if version else "default"
        type_ = urns.PROVIDER_PREFIX + package
        with self._guard:
            lock = self._locks.setdefault(f"{type_}::{name}", threading.Lock())
        with lock:
            entry = self._made.get(f"{type_}::{name}") or self._make(type_, name, version)
            self._made[f"{type_}::{name}"] = entry
        return urns.reference(entry.state.urn, entry.state.id)

    def _make(self, type_: str, name: str, version: str) -> Entry:
        options = self._deployment.options
        if _disabled(options, urns.package_of(type_)):
            raise EngineError(say("deployment.defaults-disabled", package=urns.package_of(type_)))
        inputs = package_config(options, urns.package_of(type_))
        if version:
            inputs["version"] = version
        return Registration(self._deployment, Goal(type_, name, inputs=inputs)).run()


def package_config(options: Options, package: str) -> PropertyMap:
    """The stack's configuration of a package, secrets marked."""
    found: PropertyMap = {}
    for full, text in options.config.items():
        space, _, key = full.partition(":")
        value = Secret(text) if full in options.secret_config else text
        if package == DYNAMIC:
            found[full] = value
        elif space == package:
            found[key] = value
    return found


def inherit(goal: Goal, parent: Goal | None) -> Goal:
    """*goal* with the options it leaves unset taken from its parent."""
    if parent is None:
        return goal
    return replace(
        goal,
        protect=parent.protect if goal.protect is None else goal.protect,
        retain_on_delete=(
            parent.retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete
        ),
        provider=goal.provider or _inherited_provider(goal, parent),
    )


def _inherited_provider(goal: Goal, parent: Goal) -> str:
    if not parent.provider or goal.is_provider:
        return ""
    urn, _ = urns.split_reference(parent.provider)
    same_package = urns.package_of(urns.type_of(urn)) == goal.package
    return parent.provider if same_package or not goal.custom else ""


def _disabled(options: Options, package: str) -> bool:
    listed = options.config.get("pulumi:disable-default-providers", "")
    return f'"{package}"' in listed or '"*"' in listed
