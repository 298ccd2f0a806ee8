"""One run of a program's stack: foretold, agreed upon, done, shown all the while."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hue_infra.cli import interrupt
from hue_infra.cli.output import Output
from hue_infra.cli.programs.board import Scene
from hue_infra.cli.programs.opening import Opened
from hue_infra.cli.programs.options import Wanted
from hue_infra.cli.programs.setting import record
from hue_infra.cli.programs.showing import Display, display
from hue_infra.engine import version_range
from hue_infra.engine.api import Kind, Options, Outcome
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.host.settings import effective, with_defaults
from hue_infra.engine.tally import has_changes
from hue_infra.errors import DriftError, EngineError, PolicyError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.host.folder import ProgramFolder

Act = Callable[[Options], Outcome]


def perform(kind: Kind, opened: Opened, wanted: Wanted, output: Output) -> bool:
    """Do a run of *kind*, after a preview and a question unless they are not wanted.

    Returns:
        Whether it was done: it may be wanted as a preview only, or not be agreed to.

    Raises:
        InputError: The settings do not hold together, or nobody is there to ask.
        PolicyError: A resource breaks a mandatory policy.
        DriftError: There are changes, and none were expected.
        EngineError: Something failed; what, has been shown.
        KeyboardInterrupt: The operator stopped it.
    """
    agreed = wanted.yes or wanted.skip_preview
    if not (agreed or wanted.preview_only):
        output.require_somebody()
    record(opened, wanted.config, path=wanted.config_path)
    run = Run(kind, opened, wanted, output)
    if not wanted.skip_preview:
        foretold = run.foretell()
        if wanted.preview_only:
            run.check_expected(foretold)
            return False
    if not agreed and not run.is_agreed():
        output.note(say("cli.nothing-done"))
        return False
    if kind == "up" and not opened.exists:
        opened.make()
    run.check_expected(run.do())
    return True


@dataclass(slots=True)
class Run:
    """What is run, and how."""

    kind: Kind
    opened: Opened
    wanted: Wanted
    output: Output
    options: Options = field(init=False)
    foretold: Display | None = field(default=None, init=False)
    """What has shown the preview."""

    def __post_init__(self) -> None:
        self.options = _options(self)

    @property
    def program(self) -> "ProgramFolder | None":
        """The program, where the run is to have one."""
        if self.kind != "up" and not self.wanted.run_program:
            return None
        # Imported late: it imports pulumi, which those who only read the state must not wait for.
        from hue_infra.engine.host.folder import ProgramFolder  # noqa: PLC0415

        return ProgramFolder(self.opened.project)

    def foretell(self) -> Outcome:
        """Say what the run would do; touches nothing."""
        engine, program = self._engine(), self.program
        self.output.note(say("programs.previewing", kind=self.kind, stack=self.opened.name))
        return self._shown(
            lambda options: engine.preview(program, options, self.kind), preview=True
        )

    def is_agreed(self) -> bool:
        """Ask whether to go on; show the changes in full as often as they are wanted."""
        question = say("programs.question", kind=self.kind, stack=self.opened.name)
        while True:
            answer = self.output.answer(f"{question} {say('programs.choices')}").strip().lower()
            if answer not in say("programs.details").split():
                return answer in say("cli.confirm-yes").split()
            if self.foretold is not None:
                self.foretold.show_differences()

    def do(self) -> Outcome:
        """Do what is to be done."""
        self.output.note(say("programs.performing", kind=self.kind, stack=self.opened.name))
        return self._shown(self._act, preview=False)

    def check_expected(self, outcome: Outcome) -> None:
        """Pass when there were no changes, if none are expected.

        Raises:
            DriftError: There were.
        """
        if self.wanted.expect_no_changes and has_changes(outcome.steps, self.kind):
            raise DriftError(say("programs.unexpected"))

    def _act(self, options: Options) -> Outcome:
        engine, program = self._engine(), self.program
        if self.kind == "refresh":
            return engine.refresh(options, program)
        if self.kind == "destroy":
            return engine.destroy(options, program)
        assert program is not None  # noqa: S101 - this kind of run always has one
        return engine.up(program, options)

    def _engine(self) -> EmbeddedEngine:
        """The engine, which finds the plugins of the project."""
        # Imported late, as above.
        from hue_infra.engine.host.plugins import starter  # noqa: PLC0415
        from hue_infra.engine.host.whereabouts import workplace  # noqa: PLC0415

        return replace(self.opened.engine(), plugins=starter(workplace(self.opened.project)))

    def _shown(self, act: Act, *, preview: bool) -> Outcome:
        wanted, project = self.wanted, self.opened.project
        scene = Scene(
            project.name,
            self.opened.name,
            self.kind,
            preview,
            show_sames=wanted.show_sames,
            show_reads=wanted.show_reads,
        )
        stopping = self.options.stopping
        with interrupt.stopping(stopping.set, self._tell_stopping) as interrupted:
            shown = display(scene, wanted, self.options, self.output)
            self.foretold = shown if preview else None
            try:
                with shown:
                    outcome = act(replace(self.options, on_event=shown.on_event))
            finally:
                if interrupted():
                    raise KeyboardInterrupt
        _require(outcome, preview=preview)
        return outcome

    def _tell_stopping(self) -> None:
        self.output.note(say("cli.stopping"), style="yellow")


def _options(run: Run) -> Options:
    wanted, project = run.wanted, run.opened.project
    if project.required_version:
        version_range.require(project.required_version)
    refresh = project.refresh_always if wanted.refresh is None else wanted.refresh
    # What the program is not run for need not be there, but providers may know it.
    reading = effective if run.kind == "up" or wanted.run_program else with_defaults
    values = reading(run.opened.settings, run.opened.crypter())
    return Options(
        parallel=wanted.parallel,
        config={key: setting.text for key, setting in values.items()},
        secret_config=frozenset(key for key, setting in values.items() if setting.secret),
        policy_packs=wanted.packs(),
        continue_on_error=wanted.continue_on_error,
        refresh=refresh and run.kind != "refresh",
        targets=(*wanted.target, *wanted.target_replace),
        excludes=wanted.exclude,
        target_dependents=wanted.target_dependents,
        exclude_dependents=wanted.exclude_dependents,
        replace=(*wanted.replace, *wanted.target_replace),
        debug=wanted.debug,
    )


def _require(outcome: Outcome, *, preview: bool) -> None:
    """Pass when a run came to its end; what went wrong has been shown already.

    Raises:
        PolicyError: A resource breaks a mandatory policy.
        EngineError: Something else failed.
    """
    if outcome.ok:
        return
    if any(violation.mandatory for violation in outcome.violations):
        raise PolicyError(say("programs.policies-broken", preview=str(preview)))
    raise EngineError(say("programs.run-failed", preview=str(preview)))
