"""Pulumi's own engine behind our interface: the same stacks, the same state, another program.

What it cannot be told it refuses by name. No real CLI has been run by our tests; what they hold
against a stand-in is the conversation that the Automation API has with it.
"""

import contextlib
import functools
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from hue_infra.engine import checkpoint
from hue_infra.engine.api import Kind, Options, Outcome, Program, StackRef
from hue_infra.engine.host.project import Project
from hue_infra.engine.pulumi_cli.desk import Desk, Office, telling
from hue_infra.engine.pulumi_cli.translation import Translator
from hue_infra.engine.reporter import Reporter
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap, Secret
from hue_infra.errors import EngineError, LockedError
from hue_infra.words import say

MESSAGE: Final = "hue-infra"
"""What the CLI's own record says of a run that we asked for."""
PREVIEWS: Final[Mapping[Kind, str]] = {
    "up": "preview",
    "destroy": "preview_destroy",
    "refresh": "preview_refresh",
}
"""The method of the Automation API that foretells each kind of run."""


@dataclass(frozen=True, slots=True)
class PulumiEngine:
    """Deploys by the ``pulumi`` program on the path; see `hue_infra.engine.api.Engine`.

    Attributes:
        stack: The stack and where its state lies.
        passphrase: Asked for the passphrase of the stack's secrets, at each run.
        project: The project folder, for runs that need no program; None: one of our own.
    """

    stack: StackRef
    passphrase: Callable[[], str]
    project: Project | None = None

    def preview(self, program: Program | None, options: Options, kind: Kind = "up") -> Outcome:
        """Say what a run would do; makes the stack, empty, where there is none."""
        if kind == "up" and program is None:
            raise TypeError("only a program says what to make")
        return self._perform(PREVIEWS[kind], program, options)

    def up(self, program: Program, options: Options) -> Outcome:
        """Make the world as *program* says.

        Raises:
            LockedError: Another run holds the stack.
        """
        return self._perform("up", program, options)

    def refresh(self, options: Options, program: Program | None = None) -> Outcome:
        """Record every resource as it is now."""
        return self._perform("refresh", program, options)

    def destroy(self, options: Options, program: Program | None = None) -> Outcome:
        """Remove every resource in the state."""
        return self._perform("destroy", program, options)

    def export(self, *, show_secrets: bool = False) -> dict[str, object]:
        """The state as ``pulumi stack export`` prints it; secrets in clear only if asked."""
        office = self._office()
        if not office.store.exists():
            return checkpoint.export(Snapshot(), None)
        shown = ("--show-secrets",) if show_secrets else ()
        with office.desk(None, Options()) as desk:
            return cast("dict[str, object]", json.loads(desk.command("stack", "export", *shown)))

    def import_(self, deployment: Mapping[str, object]) -> None:
        """Replace the state by an exported one."""
        with self._office().desk(None, Options()) as desk:
            # Not by the Automation API: it drops what only newer states have, and leaves its
            # file behind when the CLI refuses it.
            file = desk.scratch / "deployment.json"
            file.write_text(json.dumps(deployment), "utf-8")
            desk.command("stack", "import", "--file", str(file))

    def resources(self) -> list[ResourceState]:
        """The recorded resources: read from the state file, without the CLI."""
        return self._office().store.resources()

    def _office(self) -> Office:
        # Asked once a run, however often it is needed.
        return Office(self.stack, functools.cache(self.passphrase), self.project)

    def _perform(self, method: str, program: Program | None, options: Options) -> Outcome:
        office = self._office()
        reporter = Reporter(options.on_event)
        translator = Translator(reporter)
        if program is None and not office.store.exists():
            # There is nothing to look at or to remove, and no reason to make a stack for it.
            return reporter.finish({})
        with office.desk(program, options) as desk:
            reporter.conceal.learn(Secret(office.passphrase()))
            given = _arguments(desk, method, program, options)
            with (
                translator.listening(),
                _failing_as_run(desk, reporter, method),
                telling(desk.executable, method),
            ):
                getattr(desk.stack, method)(**given, on_event=translator.take)
        if translator.broken is not None:
            raise EngineError(say("pulumi.event")) from translator.broken
        if options.stopping.is_set():
            reporter.log("error", say("deployment.stopped-outside"))
        foretold = method.startswith("preview")
        return reporter.finish(translator.outputs if foretold else _outputs(office, translator))


def _outputs(office: Office, translator: Translator) -> PropertyMap:
    """The outputs of the stack as the state has them."""
    store = office.store
    with contextlib.suppress(EngineError):
        for state in store.load(store.crypter(office.passphrase)).resources:
            if state.type == ROOT_TYPE:
                return dict(state.outputs)
        return {}
    # A newer CLI may write what our reader does not know; its events told them, secrets masked.
    return translator.outputs


def _arguments(
    desk: Desk, method: str, program: Program | None, options: Options
) -> dict[str, object]:
    """What the method of the Automation API is to be called with.

    Raises:
        EngineError: It has no way to say one of the options.
    """
    wanted = {name: value for name, value in _wanted(desk, options).items() if value}
    if "refresh" in method:
        wanted.pop("refresh", None)
    known = inspect.signature(getattr(desk.stack, method)).parameters
    refused = [name for name in wanted if name not in known]
    refused += [name for name in ("providers", "analyzers", "look") if getattr(options, name)]
    if refused:
        names = ", ".join(sorted(refused))
        raise EngineError(say("pulumi.option", options=names, method=method))
    fixed: dict[str, object] = {"parallel": options.parallel, "message": MESSAGE}
    fixed |= {"color": "never", "suppress_outputs": True, "suppress_progress": True}
    if "show_secrets" in known:
        fixed["show_secrets"] = False
    if method not in ("up", "preview"):
        fixed["run_program"] = program is not None
    return {**fixed, **wanted}


def _wanted(desk: Desk, options: Options) -> dict[str, Any]:
    """The options by the names that the Automation API gives them."""
    return {
        "target": list(options.targets),
        "exclude": list(options.excludes),
        "replace": list(options.replace),
        "target_dependents": options.target_dependents,
        "exclude_dependents": options.exclude_dependents,
        "refresh": options.refresh,
        "continue_on_error": options.continue_on_error,
        "policy_packs": [str(pack.path.resolve()) for pack in options.policy_packs],
        "policy_pack_configs": _pack_settings(desk.scratch, options),
    }


def _pack_settings(scratch: Path, options: Options) -> list[str]:
    """A file of settings for every pack, as the CLI wants it once any pack has one."""
    if all(pack.config is None for pack in options.policy_packs):
        return []
    empty = scratch / "no-settings.json"
    empty.write_text("{}", "utf-8")
    return [str((pack.config or empty).resolve()) for pack in options.policy_packs]


@contextlib.contextmanager
def _failing_as_run(desk: Desk, reporter: Reporter, method: str) -> Iterator[None]:
    """Make a failure of the command one of the run, unless its events have told it."""
    try:
        yield
    except LockedError:
        raise
    except EngineError as error:
        if not reporter.failed and not desk.executable.stopping.is_set():
            reporter.log("error", str(error))
    except (RuntimeError, AssertionError) as problem:
        # So the Automation API fails when a CLI ends well without telling what it did.
        raise EngineError(say("pulumi.no-events", command=method)) from problem
