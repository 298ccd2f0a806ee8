"""From a folder and the name of a stack to what the commands work with."""

import functools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hue_infra.cli.output import Output
from hue_infra.cli.programs.passphrase import passphrase
from hue_infra.engine.api import StackRef
from hue_infra.engine.backend import ORGANIZATION, FileBackend, StackStore
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.host import settings as files
from hue_infra.engine.host.project import Project, find
from hue_infra.engine.host.settings import StackSettings
from hue_infra.engine.state import Snapshot
from hue_infra.errors import InputError
from hue_infra.words import say

URL_VARIABLE: Final = "PULUMI_BACKEND_URL"
STACK_VARIABLE: Final = "PULUMI_STACK"
LOCAL: Final = "file://~"
"""The backend where none is named: that of ``pulumi login --local``."""
_SCHEME: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which folder, which of its stacks, and where their states lie."""

    cwd: Path = Path()
    stack: str | None = None
    """None: the variable's, else the only one there is."""
    backend: str | None = None
    """None: the variable's, else the project's, else the local one."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A project and the backend that keeps its stacks."""

    project: Project
    backend: FileBackend

    def stacks(self) -> list[str]:
        """The names of the project's stacks."""
        return [name for project, name in self.backend.stacks() if project == self.project.name]


@dataclass(frozen=True, slots=True)
class Opened:
    """One stack of a project; it need not exist yet."""

    folder: Folder
    settings: StackSettings
    store: StackStore
    passphrase: Callable[[], str]

    @property
    def name(self) -> str:
        """The stack's own name."""
        return self.store.name

    @property
    def project(self) -> Project:
        """The project it is of."""
        return self.folder.project

    @property
    def exists(self) -> bool:
        """Whether it was made already."""
        return self.store.exists()

    def engine(self) -> EmbeddedEngine:
        """The engine that deploys it."""
        ref = StackRef(self.project.name, self.name, self.folder.backend.root)
        return EmbeddedEngine(ref, self.passphrase)

    def crypter(self) -> Crypter:
        """Opens the secrets of the settings; they and the state share a salt unless both have one.

        So a new secret of either can be read with the passphrase of the other.
        """
        return Crypter(self.passphrase, self.settings.salt or self.stored_salt)

    @property
    def stored_salt(self) -> str:
        """State of the secrets provider as the stack's state records it."""
        return self.store.crypter(self.passphrase).salt

    def make(self) -> None:
        """Make the stack, empty.

        Raises:
            InputError: It exists, or nobody gives it a passphrase.
        """
        crypter = self.crypter()
        crypter.unlock()
        with self.store.lock():
            if self.exists:
                raise InputError(say("programs.stack-exists", stack=self.name))
            self.store.save(Snapshot(), crypter)
        self.settings.keep_salt(crypter.salt)

    def forget(self, *, keep_settings: bool = False) -> None:
        """Forget the stack with its settings, whatever resources it has."""
        with self.store.lock():
            self.store.remove()
        if not keep_settings:
            self.settings.file.path.unlink(missing_ok=True)


def folder(chosen: Chosen) -> Folder:
    """The project that *chosen* names, and its backend.

    Raises:
        InputError: There is no project, or its backend is not a directory.
    """
    if not chosen.cwd.is_dir():
        raise InputError(say("programs.no-folder", folder=str(chosen.cwd)))
    project = find(chosen.cwd)
    url = chosen.backend or os.environ.get(URL_VARIABLE) or project.backend or LOCAL
    return Folder(project, FileBackend(root_of(url, chosen.cwd)))


def root_of(url: str, folder: Path) -> Path:
    """The directory that holds ``.pulumi/`` for the backend *url*.

    Args:
        url: ``file://`` and a path, which may begin with ``~`` or be relative to *folder*.
        folder: Where the program is told to work.

    Raises:
        InputError: It names another kind of backend.
    """
    parts = _SCHEME.fullmatch(url)
    if parts is None or parts["scheme"] != "file":
        raise InputError(say("programs.backend", url=url), hint=say("programs.backend-hint"))
    path = Path(parts["rest"].partition("?")[0])
    if path.parts[:1] == ("~",):
        path = Path.home().joinpath(*path.parts[1:])
    return (folder.resolve() / path).resolve()


def opened(chosen: Chosen, output: Output) -> Opened:
    """Open the stack that *chosen* names, which need not exist.

    Raises:
        InputError: Nothing names one, or the settings of the stack do not hold together.
    """
    here = folder(chosen)
    return stack(here, named(here, chosen.stack), output)


def existing(chosen: Chosen, output: Output) -> Opened:
    """As `opened`, for a stack that was made.

    Raises:
        InputError: It was not.
    """
    found = opened(chosen, output)
    if not found.exists:
        raise _missing(found.folder, found.name)
    return found


def configured(chosen: Chosen, output: Output) -> Opened:
    """As `existing`, but a stack's settings alone are enough."""
    found = opened(chosen, output)
    if not found.exists and not found.settings.file.path.exists():
        raise _missing(found.folder, found.name)
    return found


def stack(here: Folder, name: str, output: Output) -> Opened:
    """The stack *name* of a project."""
    project = here.project
    store = here.backend.stack(project.name, name)
    settings = files.load(project, name)

    def is_new() -> bool:
        return not (settings.salt or store.crypter(str).salt)

    ask = functools.cache(lambda: passphrase(name, is_new=is_new(), ask=output.ask))
    return Opened(here, settings, store, ask)


def named(here: Folder, given: str | None) -> str:
    """The name of the stack that is meant: as *given*, in the environment, or the only one.

    Raises:
        InputError: None is, or the name is of another project.
    """
    name = given or os.environ.get(STACK_VARIABLE)
    if name:
        return _own(here.project, name)
    known = here.stacks()
    if len(known) == 1:
        return known[0]
    if not known:
        raise InputError(
            say("programs.no-stacks", project=here.project.name),
            hint=say("programs.no-stacks-hint"),
        )
    raise InputError(
        say("programs.which-stack", project=here.project.name),
        hint=say("programs.which-stack-hint", names=", ".join(known)),
    )


def _own(project: Project, name: str) -> str:
    """The stack's own name, which may be given whole: ``organization/project/stack``."""
    *before, own = name.split("/")
    if before in ([], [ORGANIZATION], [ORGANIZATION, project.name]):
        return own
    raise InputError(say("programs.other-project", stack=name, project=project.name))


def _missing(here: Folder, name: str) -> InputError:
    known = ", ".join(here.stacks()) or "–"
    return InputError(
        say("programs.no-stack", stack=name, project=here.project.name),
        hint=say("programs.no-stack-hint", stack=name, names=known),
    )
