"""What can be done to a province's stack: the one door between the commands and the engine.

Nothing here imports Pulumi before a run needs it, so that reading a stack's status is quick.
"""

import contextlib
import datetime
import functools
import importlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hue_infra import lab as box
from hue_infra import places
from hue_infra.blueprint.configuration import authority
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lab import realised
from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.plan import Blueprint, ClusterPlan
from hue_infra.engine import engines
from hue_infra.engine.analysis import Analyzer, PolicyPack
from hue_infra.engine.api import Engine, Options, Outcome, Program, StackRef
from hue_infra.engine.backend import FileBackend, StackStore
from hue_infra.engine.engines import Name
from hue_infra.engine.events import Event, Log
from hue_infra.engine.state import ResourceState
from hue_infra.errors import InputError, RemoteError
from hue_infra.model.load import Loaded, load
from hue_infra.providers import reach
from hue_infra.stacks import drift as drifting
from hue_infra.stacks import status as told
from hue_infra.stacks.passphrase import Ask, passphrase
from hue_infra.tools import debian
from hue_infra.tools.pins import pins
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.host.project import Project
    from hue_infra.policies.gate import Finding
    from hue_infra.stacks.care import Care
    from hue_infra.stacks.scene import Scene, Target
    from hue_infra.stacks.upgrades import Upgrade
    from hue_infra.verify.report import Check, Report

PROJECT = "hue-infra"
LOCK = "province.lock"
MOST_AT_ONCE = 64
"""Steps at a time: enough that all machines of a lab are configured in one run."""
KEPT = "HUE_INFRA_KEPT"
"""``0``: begin with fresh disks, whatever the cache keeps."""
AWAKENING = 120.0
"""Seconds that an API server has to answer in `up`, for its machine may just have started."""
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """Which province, as of when, as which stack, and on what it is built."""

    province: Path
    stack: str | None = None
    date: datetime.date | None = None
    target: "Target" = "lab"
    scope: str = "lab"
    """``lab``: the sites that the lab realises; ``province``: all of them."""
    parallel: int = 8
    engine: Name | None = None
    """None: the one that the province's file names."""
    policy_packs: tuple[Path, ...] = ()
    """Folders of packs that are asked beside our own rules."""
    policy_pack_configs: tuple[Path, ...] = ()
    """A file of settings for each of them, or none at all."""
    refresh: bool = False
    """Whether everything is looked at as it really is, also the inside of machines."""


@dataclass(slots=True)
class Deployment:
    """One stack of one province, opened."""

    settings: Settings
    loaded: Loaded
    blueprint: Blueprint
    """Of the whole province."""
    lock: Lock
    name: str
    ask: Ask | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, settings: Settings, ask: Ask | None = None) -> "Deployment":
        """Read the province and derive what follows from it.

        Raises:
            InputError: The file or its lock does not hold together.
        """
        loaded = load(settings.province, settings.date)
        path = settings.province.parent / LOCK
        before = Lock.load(path) if path.exists() else Lock.empty()
        blueprint, lock = derive(loaded, loaded.date, before)
        name = settings.stack or f"{blueprint.codename}-{settings.target}"
        return cls(settings, loaded, blueprint, lock, name, ask)

    @property
    def home(self) -> Path:
        """All that belongs to the stack on this machine."""
        return places.home(self.name)

    @property
    def engine(self) -> Name:
        """The engine that deploys: as the operator chose, else as the file says."""
        return self.settings.engine or self.loaded.province.engine.value

    @property
    def built(self) -> Blueprint:
        """What is to be built: the lab's part, or all."""
        return realised(self.blueprint) if self.settings.scope == "lab" else self.blueprint

    def preflight(self) -> list[str]:
        """What this machine lacks, in sentences that say what to do; empty is fine."""
        return box.Lab(self.home / "lab").preflight() if self.settings.target == "lab" else []

    def missing_packages(self) -> list[str]:
        """Debian packages that this machine lacks and could install now."""
        wanted = box.missing_packages() if self.settings.target == "lab" else []
        return wanted if debian.can_install() else []

    def install(self, on_line: Callable[[str], None]) -> None:
        """Install them."""
        debian.install(self.missing_packages(), on_line)

    def gate(self) -> "list[Finding]":
        """Hold the rules on the declared model against the province."""
        gate = importlib.import_module("hue_infra.policies.gate")
        rule = importlib.import_module("hue_infra.policies.rule")
        declared = rule.Declared(self.loaded.province, self.blueprint)
        return cast("list[Finding]", gate.declared_findings(declared, self.loaded.where))

    def preview(self, on_event: OnEvent) -> Outcome:
        """Say what `up` would do."""
        options = self._options(on_event, gated=True)
        return self._engine(on_event).preview(self._program(), options)

    def up(self, on_event: OnEvent) -> Outcome:
        """Make the world as the file says."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        options = self._options(on_event, gated=True, patience=AWAKENING)
        outcome = self._engine(on_event).up(self._program(), options)
        if outcome.ok and not outcome.diagnostics:
            self.forget_drift()
        return outcome

    def drift(self, on_event: OnEvent) -> drifting.Drift:
        """Look at everything that stands, and note what differs for the next `up` to look at.

        Neither the world nor the state is touched.  Whatever engine has built it, ours looks.
        """
        engine = engines.make("embedded", self._stack, lambda: self._passphrase(on_event), None)
        options = replace(self._options(on_event, own=True), look=None, continue_on_error=True)
        found = drifting.found(engine.preview(None, options, "refresh"))
        drifting.note(self.home, found)
        return found

    def forget_drift(self) -> None:
        """Forget what differed when it was last looked at: an `up` has looked at it since."""
        drifting.forget(self.home)

    def destroy(self, on_event: OnEvent) -> Outcome:
        """Remove everything that the stack made, and what an interrupted run left of it."""
        outcome = self._engine(on_event).destroy(self._options(on_event))
        if outcome.ok and self.settings.target == "lab":
            box.Lab(self.home / "lab").destroy()
        return outcome

    def stop(self) -> None:
        """Ask a run under way to begin no more steps."""
        self.stopping.set()

    def status(self) -> told.Status:
        """How the stack stands, from its files alone."""
        return told.read(self._store, self.home / "lab", self.endpoints())

    def verify(self, on_check: "Callable[[Check], None]") -> "Report":
        """Prove that what was built works, and keep the evidence."""
        acceptance = importlib.import_module("hue_infra.stacks.acceptance")
        report = acceptance.verify(self.scene(), self.home / "evidence", on_check)
        return cast("Report", report)

    def is_proved(self) -> bool:
        """Whether what stands has passed a verification since its state last changed."""
        report = importlib.import_module("hue_infra.verify.report")
        written = [self._store.file, self._store.journal_file]
        changed = max((path.stat().st_mtime for path in written if path.exists()), default=0.0)
        return bool(report.passed_since(self.home / "evidence", changed))

    def keep(self) -> None:
        """Keep the disks of the lab's machines for the next lab that wants the very same."""
        box_ = box.Lab(self.home / "lab")
        for state in self._store.resources():
            key = state.inputs.get("kept")
            if state.type.endswith("lab:Machine") and isinstance(key, str) and key:
                box_.keep(str(state.inputs["name"]), key)

    def endpoints(self) -> list[told.Endpoint]:
        """Addresses that the operator can open."""
        return told.endpoints(self.built, self._store)

    def authority_certificate(self) -> str:
        """The root certificate of the province's authority, PEM.

        Raises:
            InputError: The province has no authority.
            RemoteError: The authority's machine does not answer.
        """
        holder = authority(self.built)
        if holder is None:
            raise InputError(say("stacks.no-authority"), hint=say("stacks.no-authority-hint"))
        return reach.perform(self.scene().reach(holder), ["cat", reach.AUTHORITY]).stdout

    def cluster(self, name: str | None = None) -> "Care":
        """Means to look after the cluster *name*, or the only one.

        Raises:
            InputError: The stack has no such cluster, or several and none is named.
        """
        plans = {plan.name: plan for plan in self.built.clusters}
        wanted = name or (next(iter(plans)) if len(plans) == 1 else "")
        if wanted not in plans:
            problem = say("care.no-cluster", name=wanted) if wanted else say("care.which-cluster")
            names = ", ".join(plans)
            hint = say("care.clusters", names=names) if names else say("care.no-clusters")
            raise InputError(problem, hint=hint)
        care = importlib.import_module("hue_infra.stacks.care")
        plan = plans[wanted]
        scene = self.scene()
        control = tuple(scene.reach(self.built.machine(name)) for name in plan.control_plane)
        acceptance = importlib.import_module("hue_infra.stacks.acceptance")
        closed = functools.partial(acceptance.closed, scene, plan.name)
        return cast("Care", care.Care(plan, control, self._server(plan), closed))

    def upgrade(self, plan: ClusterPlan) -> "Upgrade":
        """Means to bring a cluster to the version that this release brings."""
        upgrades = importlib.import_module("hue_infra.stacks.upgrades")
        return cast("Upgrade", upgrades.Upgrade(self.scene(), plan, pins().cluster.kubernetes))

    def require_versions(self) -> None:
        """Leave a cluster alone that runs another version: going from one to another is a deed.

        Raises:
            InputError: There is one.
        """
        upgrades = importlib.import_module("hue_infra.stacks.upgrades")
        for plan in self.built.clusters:
            # The machines are asked only where the record gives reason to; one that does not
            # answer may just have to be started.
            if not upgrades.is_other(self._store, plan):
                continue
            with contextlib.suppress(RemoteError):
                for turn in self.upgrade(plan).turns():
                    names = {"name": plan.name, "runs": turn.runs, "to": pins().cluster.kubernetes}
                    hint = say("care.other-version-hint", name=plan.name)
                    raise InputError(say("care.other-version", **names), hint=hint)

    def _server(self, plan: ClusterPlan) -> str:
        """URL of a cluster's API server from this machine.

        Raises:
            RemoteError: In the lab no door leads to it.
        """
        if self.settings.target == "ssh":
            return plan.server
        port = told.forwarded(self._store).get(plan.door)
        if port is None:
            raise RemoteError(say("kubernetes.no-kubeconfig"))
        return f"https://{told.LOOPBACK}:{port}"

    def write_lock(self) -> None:
        """Keep the addresses given, beside the province file."""
        path = self.settings.province.parent / LOCK
        text = self.lock.text()
        if not path.exists() or path.read_text("utf-8") != text:
            draft = path.with_name(f".{path.name}.draft")
            draft.write_text(text, "utf-8")
            draft.replace(path)

    @property
    def _store(self) -> StackStore:
        return FileBackend(self._stack.root).stack(PROJECT, self.name)

    @property
    def _stack(self) -> StackRef:
        return StackRef(PROJECT, self.name, self.home / "state")

    def _engine(self, on_event: OnEvent) -> Engine:
        project = self._folder() if self.engine == "pulumi" else None
        return engines.make(self.engine, self._stack, lambda: self._passphrase(on_event), project)

    def _folder(self) -> "Project":
        foreign = importlib.import_module("hue_infra.stacks.foreign")
        return cast("Project", foreign.folder(self._stack, self.home, self.settings))

    def _passphrase(self, on_event: OnEvent) -> str:
        def tell(sentence: str) -> None:
            on_event(Log("warning", sentence))

        return passphrase(self.name, is_new=not self._store.exists(), ask=self.ask, tell=tell)

    def _program(self) -> Program:
        if self.engine == "pulumi":
            source = importlib.import_module("hue_infra.engine.host.folder")
            return cast("Program", source.ProgramFolder(self._folder()))
        program = importlib.import_module("hue_infra.stacks.program")
        scene = self.scene()
        return lambda: program.build(scene)

    def scene(self) -> "Scene":
        """What the stack is told."""
        scene = importlib.import_module("hue_infra.stacks.scene")
        charts = Path(__file__).resolve().parent.parent / "charts"
        keeps = os.environ.get(KEPT, "1") != "0"
        made = scene.Scene(self.built, self.settings.target, self.home, charts, keeps)
        return cast("Scene", made)

    def _options(
        self, on_event: OnEvent, *, gated: bool = False, own: bool = False, patience: float = 0.0
    ) -> Options:
        """How a run behaves.

        Args:
            on_event: Told what happens.
            gated: Whether it makes things, which rules must hold for.
            own: Whether our engine does it, whatever engine deploys.
            patience: Seconds that an API server has to answer.
        """
        options = Options(
            parallel=min(max(self.settings.parallel, len(self.built.machines)), MOST_AT_ONCE),
            on_event=on_event,
            seal_repeats=True,
            stopping=self.stopping,
            policy_packs=self._packs() if gated else (),
        )
        if self.engine == "pulumi" and not own:
            # It has its own provider of Kubernetes, and asks our rules as a pack.
            return replace(options, refresh=self.settings.refresh)
        kubernetes = importlib.import_module("hue_infra.providers.kubernetes")
        return replace(
            options,
            providers={"kubernetes": lambda: kubernetes.KubernetesProvider(patience)},
            analyzers=[self._gate()] if gated else [],
            look=self._looked_at(),
        )

    def _looked_at(self) -> Callable[[ResourceState], bool]:
        """What a run takes for what it is, not for what is recorded.

        An object of a cluster costs milliseconds; a machine costs a run of its roles, so it must
        be asked for, or have differed when it was last looked at.
        """
        noted = drifting.noted(self.home)
        return lambda state: (
            self.settings.refresh or state.type.startswith("kubernetes:") or state.urn in noted
        )

    def _gate(self) -> Analyzer:
        gate = importlib.import_module("hue_infra.policies.resource_gate")
        return cast("Analyzer", gate.ResourceGate(self._allowed, self._sources()))

    def _packs(self) -> tuple[PolicyPack, ...]:
        """The packs to ask: those that the operator names, and ours where it is asked as one."""
        named, configs = self.settings.policy_packs, self.settings.policy_pack_configs
        if configs and len(configs) != len(named):
            raise InputError(say("stacks.pack-configs", packs=len(named), configs=len(configs)))
        packs = tuple(map(PolicyPack, named, configs)) if configs else tuple(map(PolicyPack, named))
        if self.engine == "embedded":
            return packs
        foreign = importlib.import_module("hue_infra.stacks.foreign")
        own = foreign.pack(self.home, self._allowed, self._sources())
        return (cast("PolicyPack", own), *packs)

    @property
    def _allowed(self) -> Sequence[str]:
        return self.loaded.province.images.allowed

    def _sources(self) -> Mapping[str, str]:
        """Where the file declares what each resource's name begins with."""
        declared: Sequence[tuple[str, str]] = [
            *((machine.name, machine.source) for machine in self.blueprint.machines),
            *((plan.name, plan.source) for plan in self.blueprint.platforms),
        ]
        return {name: self.loaded.where(source) for name, source in declared}
