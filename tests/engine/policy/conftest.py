"""Policy packs in processes of their own, and resources to ask them about."""

from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from hue_infra.engine.analysis import AnalyzedResource, PolicyPack, Scene
from hue_infra.engine.policy.pack import PackAnalyzer

PACKS = Path(__file__).resolve().parents[2] / "cases/engine/packs"
KIND = "cloud:index:Thing"


class Kit:
    """What test modules, which cannot import a conftest, ask packs with."""

    KIND = KIND

    def __init__(self):
        self.said = []

    def folder(self, name):
        return PACKS / name

    def scene(self, *, preview=True, **more):
        return Scene("hue", "lab", "organization", preview, tell=self.said.append, **more)

    def begun(self, name, config=None, values=None, **scene):
        scene["config"] = values or {}
        gate = PackAnalyzer.of(PolicyPack(PACKS / name, config))
        try:
            gate.begin(self.scene(**scene))
        except BaseException:
            gate.end()
            raise
        return gate

    @contextmanager
    def running(self, name, config=None, **scene):
        gate = self.begun(name, config, **scene)
        try:
            yield gate
        finally:
            gate.end()

    def processes(self, name):
        """The processes of a pack that run under this one."""
        children = psutil.Process().children()
        return [one for one in children if str(PACKS / name) in one.cmdline()]

    def resource(self, name="thing", inputs=None, kind=KIND, **more):
        urn = f"urn:pulumi:lab::hue::{kind}::{name}"
        parent, provider = more.pop("parent", ""), more.pop("provider", "")
        return AnalyzedResource(urn, kind, name, inputs or {}, parent, provider, **more)


@pytest.fixture
def kit():
    return Kit()


@pytest.fixture(scope="module")
def secrets():
    """The pack ``secrets``, started once for a module."""
    with Kit().running("secrets") as gate:
        yield gate


@pytest.fixture(scope="module")
def rules():
    """The pack ``rules``, started once for a module."""
    with Kit().running("rules") as gate:
        yield gate
