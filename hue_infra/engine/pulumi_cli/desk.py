"""Where the CLI works: a project folder, and what its environment says of backend and secrets.

A program that is a folder is run there, with the stack's settings as its own file has them. For
a program that is a function of ours a folder is kept beside the state, which holds nothing but
the project's name and the configuration of the run.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pulumi import automation
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError

from hue_infra.engine.api import Options, Program, StackRef
from hue_infra.engine.backend import ORGANIZATION, FileBackend, StackStore
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.host import settings
from hue_infra.engine.host.folder import ProgramFolder
from hue_infra.engine.host.project import Project
from hue_infra.engine.pulumi_cli.command import Executable
from hue_infra.engine.pulumi_cli.folder import write_project
from hue_infra.errors import EngineError, LockedError
from hue_infra.words import language, say

PASSPHRASE: Final = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the name of a variable
FOLDERS: Final = "hue-pulumi"
"""Beside ``.pulumi`` in the backend's root: the folders of programs that have none."""
SETTLED: Final = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_SUPPRESS_NEO_LINK": "true",
    # Where a stack's file does not say how its secrets are kept, its state does.
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
    # The layout of state that the embedded engine reads.
    "PULUMI_DIY_BACKEND_GZIP": "false",
    "PULUMI_DIY_BACKEND_ZSTD": "false",
    "PULUMI_DIY_BACKEND_LEGACY_LAYOUT": "false",
}
"""Variables that hold whatever the operator's environment says."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The CLI at work on one stack.

    Attributes:
        stack: The stack in the terms of the Automation API.
        executable: What runs its commands.
        scratch: A directory of this run's own, closed to others.
    """

    stack: automation.Stack
    executable: Executable
    scratch: Path

    def command(self, *words: str) -> str:
        """Run one command on the stack and return what it printed.

        Raises:
            EngineError: It failed.
        """
        workspace = self.stack.workspace
        argv = [*words, "--stack", self.stack.name]
        with telling(self.executable, " ".join(words[:2])):
            done = self.executable.run(argv, workspace.work_dir, workspace.env_vars)
        return done.stdout


@contextlib.contextmanager
def telling(executable: Executable, words: str) -> Iterator[None]:
    """Retell in our own sentence what the CLI could not do inside the block."""
    try:
        yield
    except ConcurrentUpdateError as problem:
        raise LockedError(f"{say('pulumi.locked')}\n{executable.tail()}") from problem
    except StackNotFoundError as problem:
        raise EngineError(f"{say('pulumi.no-stack')}\n{executable.tail()}") from problem
    except CommandError as problem:
        head = say("pulumi.failed", command=f"pulumi {words}")
        raise EngineError(f"{head}\n{executable.tail()}".rstrip()) from problem


@dataclass(frozen=True, slots=True)
class Office:
    """What opens a desk for each run on one stack.

    Attributes:
        stack: Which stack, and where its state lies.
        passphrase: Gives the passphrase of its secrets; asked several times.
        project: The folder for runs without a program; None: one of our own.
    """

    stack: StackRef
    passphrase: Callable[[], str]
    project: Project | None = None

    @property
    def store(self) -> StackStore:
        """The stack's files."""
        return FileBackend(self.stack.root).stack(self.stack.project, self.stack.name)

    @contextlib.contextmanager
    def desk(self, program: Program | None, options: Options) -> Iterator[Desk]:
        """A desk for *program*; a stack that does not exist yet is made.

        Raises:
            RemoteError: There is no usable ``pulumi``.
            EngineError: The stack cannot be opened, or the program cannot be run so.
        """
        executable = Executable(options.stopping)
        self._settle()
        folder, body = self._place(program, options)
        workspace = automation.LocalWorkspace(
            work_dir=str(folder),
            program=body,
            env_vars=self._environment(),
            pulumi_command=executable,
        )
        name = automation.fully_qualified_stack_name(
            ORGANIZATION, self.stack.project, self.stack.name
        )
        with telling(executable, "stack select"):
            stack = automation.Stack.create_or_select(name, workspace)
        with tempfile.TemporaryDirectory(prefix="hue-pulumi-") as scratch:
            yield Desk(stack, executable, Path(scratch))

    def _environment(self) -> dict[str, str]:
        root = self.stack.root.resolve()
        return {
            **SETTLED,
            "PULUMI_BACKEND_URL": f"file://{root}",
            PASSPHRASE: self.passphrase(),
            # Programs of ours, run by the CLI, shall speak as we do.
            "HUE_INFRA_LANG": language(),
            # A program without an environment of its own runs in ours, as under our own engine.
            "PULUMI_PYTHON_CMD": os.environ.get("PULUMI_PYTHON_CMD", sys.executable),
        }

    def _settle(self) -> None:
        """Bring what a dead run of the embedded engine left in its journal into the state."""
        self.stack.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = self.store
        if store.journal_file.exists():
            with store.lock():
                crypter = store.crypter(self.passphrase)
                store.save(store.load(crypter), crypter)

    def _place(
        self, program: Program | None, options: Options
    ) -> tuple[Path, Callable[[], None] | None]:
        """The folder to work in, and the function to run if the program is one."""
        match program:
            case ProgramFolder():
                self._require_same_config(program.project, options)
                return program.project.root, None
            case None if self.project is not None:
                return self.project.root, None
            case None:
                return self._own_folder(options), None
            case _ if callable(program):
                return self._own_folder(options), program
            case _:
                raise EngineError(say("pulumi.program", kind=type(program).__name__))

    def _own_folder(self, options: Options) -> Path:
        folder = self.stack.root / FOLDERS / self.stack.project / self.stack.name
        crypter = self.store.crypter(self.passphrase)
        values: dict[str, object] = dict(options.config)
        for name in options.config.keys() & options.secret_config:
            values[name] = settings.encrypted(options.config[name], crypter)
        write_project(folder, self.stack, values, crypter.salt)
        return folder

    def _require_same_config(self, project: Project, options: Options) -> None:
        """Pass when the configuration of the run is what the folder's own file says.

        The CLI takes the configuration from there, and values that came otherwise would be lost.

        Raises:
            EngineError: It is not.
        """
        if not options.config:
            return
        own = settings.load(project, self.stack.name)
        told = settings.effective(own, Crypter(self.passphrase, own.salt))
        for key, text in options.config.items():
            if key not in told or told[key].text != text:
                file = str(own.file.path)
                raise EngineError(say("pulumi.config", key=key, file=file))
