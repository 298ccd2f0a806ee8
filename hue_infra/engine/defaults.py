"""Default providers, made when first needed."""

import threading

from hue_infra.engine import urns
from hue_infra.engine.api import Options
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.packages import Package
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

    def reference(self, package: Package) -> str:
        """The reference of the default provider, made now if it was not yet."""
        key = f"{package.name}::{package.default_name}"
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            entry = self._made.get(key) or self._make(package)
            self._made[key] = entry
        return urns.reference(entry.state.urn, entry.state.id)

    def _make(self, package: Package) -> Entry:
        options = self._deployment.options
        if _disabled(options, package.name):
            raise EngineError(say("deployment.defaults-disabled", package=package.name))
        inputs = package_config(options, package.name) | package.recorded()
        type_ = urns.PROVIDER_PREFIX + package.name
        goal = Goal(type_, package.default_name, inputs=inputs)
        return Registration(self._deployment, goal).run()


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


def _disabled(options: Options, package: str) -> bool:
    listed = options.config.get("pulumi:disable-default-providers", "")
    return f'"{package}"' in listed or '"*"' in listed
