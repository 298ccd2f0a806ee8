"""Finds the plugins of a run on this machine and starts them; nothing is ever downloaded.

Looked for in this order, as upstream does: where the project says, on PATH, in Pulumi's own
folder of plugins. Source: pulumi/pulumi, sdk/go/common/workspace/plugins.go, GetPluginPath;
pkg/host/host.go, Provider; pkg/resource/deploy/providers/registry.go.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import grpc  # type: ignore[import-untyped]  # it ships no types
from pulumi.runtime.proto import provider_pb2

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host import failures, versions
from hue_infra.engine.host.plugin import START, Plugin, Tell
from hue_infra.engine.host.pluginprovider import PluginProvider
from hue_infra.engine.host.station import Station
from hue_infra.engine.host.whereabouts import Found, Workplace, find
from hue_infra.engine.packages import Package
from hue_infra.engine.provider import Provider
from hue_infra.engine.urns import ROOT_TYPE, make
from hue_infra.errors import EngineError
from hue_infra.words import say


class Plugins:
    """The plugins of one run.

    A plugin that was only asked about settings serves the next who needs one of its package:
    to start a Python takes a second.
    """

    def __init__(
        self, place: Workplace, engine: Callable[[], str], tell: Tell, start: float = START
    ) -> None:
        """Start nothing yet.

        Args:
            place: Where plugins are looked for, and what they are told.
            engine: Gives the address of the engine, when the first plugin is started.
            tell: Takes what the plugins print.
            start: Seconds a plugin has to tell its port.
        """
        self._place = place
        self._engine = engine
        self._tell = tell
        self._start = start
        self._idle: list[tuple[Package, Plugin]] = []
        self._all: list[Plugin] = []
        self._lock = threading.Lock()

    def find(self, package: Package) -> Provider:
        """A provider of *package*, not configured yet.

        Raises:
            EngineError: There is no such plugin, or it does not work.
            InputError: The project or the plugin's folder does not hold together.
        """
        plugin = self._taken(package) or self._started(package)

        def release(plugin: Plugin, used: bool) -> None:
            self._release(package, plugin, used=used)

        return PluginProvider(plugin, package, release)

    def cancel(self) -> None:
        """Ask every plugin to give up what it does: the operator wants to stop."""
        with self._lock:
            plugins = list(self._all)
        _together(Plugin.cancel, plugins)

    def close(self) -> None:
        """End every plugin that still runs, and wait for all to have ended."""
        with self._lock:
            plugins, self._all, self._idle = self._all, [], []
        _together(Plugin.close, plugins)

    def _taken(self, package: Package) -> Plugin | None:
        with self._lock:
            for item in self._idle:
                if item[0] == package:
                    self._idle.remove(item)
                    return item[1]
        return None

    def _release(self, package: Package, plugin: Plugin, *, used: bool) -> None:
        """Keep a plugin that was never configured for another; let any other end.

        That takes a moment, for which only `close` waits.
        """
        if used or not plugin.alive:
            threading.Thread(target=plugin.close, name="ending", daemon=True).start()
            return
        with self._lock:
            self._idle.append((package, plugin))

    def _started(self, package: Package) -> Plugin:
        found = find(package, self._place)
        for text in found.warnings:
            self._tell("warning", text)
        plugin = Plugin(found.launch, self._engine(), self._tell, self._start)
        try:
            self._check_version(found, package, plugin)
            if package.parameters is not None:
                _parameterize(plugin, package)
        except BaseException:
            plugin.close()
            raise
        with self._lock:
            self._all.append(plugin)
        return plugin

    def _check_version(self, found: Found, package: Package, plugin: Plugin) -> None:
        if not package.version or not found.versioned:
            return
        told = plugin.version
        if versions.is_older(told, package.version):
            text = say(
                "plugins.old", name=package.plugin, wanted=package.version, found=told or "?"
            )
            self._tell("warning", text)


def starter(place: Workplace) -> Callable[[Deployment], Plugins]:
    """What makes the plugins of a run (see `Deployment.shared`) that works at *place*."""

    def make_plugins(deployment: Deployment) -> Plugins:
        stack = deployment.stack
        # What plugins print is told as the stack's.
        root = make(stack.name, stack.project, "", ROOT_TYPE, f"{stack.project}-{stack.name}")
        return Plugins(
            replace(place, config=deployment.options.config),
            lambda: deployment.shared(Station).address,
            lambda severity, text: deployment.reporter.log(severity, text, root),
        )

    return make_plugins


def _together(work: Callable[[Plugin], None], plugins: list[Plugin]) -> None:
    with ThreadPoolExecutor(max(1, len(plugins)), "plugins") as pool:
        list(pool.map(work, plugins))


def _parameterize(plugin: Plugin, package: Package) -> None:
    """Make of the plugin the package that a program uses.

    Raises:
        EngineError: It cannot, or became another one.
    """
    assert package.parameters is not None  # noqa: S101 - asked by the caller
    wanted = package.parameters
    value = provider_pb2.ParameterizeRequest.ParametersValue(
        name=wanted.name, version=wanted.version, value=wanted.value
    )
    try:
        answer = plugin.ask("Parameterize", provider_pb2.ParameterizeRequest(value=value))
    except grpc.RpcError as error:
        problem = failures.sentence(error)
        what = say("plugins.no-parameters", name=plugin.name, package=wanted.name, problem=problem)
        raise EngineError(what) from error
    if answer.name != wanted.name or versions.read(answer.version) is None:
        what = say(
            "plugins.other-package",
            name=plugin.name,
            wanted=f"{wanted.name} {wanted.version}",
            found=f"{answer.name} {answer.version}",
        )
        raise EngineError(what)
