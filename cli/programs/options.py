"""Options of the commands below ``hue-infra engine``, named as Pulumi's users know them."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from hue_infra.cli.localised import Decorator, option
from hue_infra.cli.options import Count
from hue_infra.cli.programs.opening import Chosen
from hue_infra.engine.analysis import PolicyPack
from hue_infra.errors import InputError
from hue_infra.words import say

PARALLEL = 16
"""Steps at a time unless told: mostly they wait for another machine."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a run is to go and to be shown."""

    yes: bool = False
    """Do it without asking."""
    skip_preview: bool = False
    preview_only: bool = False
    expect_no_changes: bool = False
    remove: bool = False
    """Forget the stack once it is destroyed."""
    run_program: bool = False
    """Run the program though the state alone would do."""
    refresh: bool | None = None
    """None: as the project says."""
    continue_on_error: bool = False
    parallel: int = PARALLEL
    target: tuple[str, ...] = ()
    target_dependents: bool = False
    exclude: tuple[str, ...] = ()
    exclude_dependents: bool = False
    replace: tuple[str, ...] = ()
    target_replace: tuple[str, ...] = ()
    """Both targets and to be replaced."""
    config: tuple[str, ...] = ()
    """Settings to record before the run, ``key=value``."""
    config_path: bool = False
    """Whether their keys are paths."""
    policy_pack: tuple[Path, ...] = ()
    policy_pack_config: tuple[Path, ...] = ()
    diff: bool = False
    show_sames: bool = False
    show_reads: bool = False
    show_secrets: bool = False
    suppress_outputs: bool = False
    debug: bool = False
    """Tell also what is said for debugging."""

    def packs(self) -> tuple[PolicyPack, ...]:
        """The policy packs, each with its configuration.

        Raises:
            InputError: There are configurations, but not one for each pack.
        """
        packs, configs = self.policy_pack, self.policy_pack_config
        if configs and len(configs) != len(packs):
            counts = {"packs": len(packs), "configs": len(configs)}
            raise InputError(say("programs.pack-configs", **counts))
        given = configs or (None,) * len(packs)
        return tuple(map(PolicyPack, packs, given))


def _option(*names: str, **settings: Any) -> Decorator:  # noqa: ANN401 - click's
    return option(*names, room="programs", **settings)


def _flag(*names: str) -> Decorator:
    return _option(*names, is_flag=True)


def _several(*names: str, metavar: str, type_: Any = str) -> Decorator:  # noqa: ANN401 - click's
    return _option(*names, multiple=True, metavar=metavar, type=type_)


_PATH = click.Path(path_type=Path)
yes_option = _flag("--yes", "-y")
path_option = _flag("--path")
secrets_option = _flag("--show-secrets")
_CHOOSING = (
    _option("--cwd", "-C", metavar="directory", default=Path(), type=_PATH),
    _option("--stack", "-s", metavar="stack"),
    _option("--backend", metavar="url"),
)
_SHOWING = (
    _flag("--diff"),
    _flag("--show-sames"),
    _flag("--show-reads"),
    _flag("--show-secrets"),
    _flag("--suppress-outputs"),
    _flag("--debug", "-d"),
)
_SCOPE = (
    _several("--target", "-t", metavar="urn"),
    _flag("--target-dependents"),
    _several("--exclude", "-x", metavar="urn"),
    _flag("--exclude-dependents"),
)
_REFRESH = _option("--refresh/--no-refresh", "-r", default=None)
_RUNNING = (
    _option("--parallel", "-p", type=Count(), default=PARALLEL, metavar="count"),
    _several("--config", "-c", metavar="setting"),
    _flag("--config-path"),
)
_EXPECTING = _flag("--expect-no-changes")
_GATING = (
    _several("--policy-pack", metavar="directory", type_=_PATH),
    _several("--policy-pack-config", metavar="file", type_=_PATH),
)
_DOING = (
    yes_option,
    _flag("--skip-preview", "-f"),
    _flag("--continue-on-error"),
)
_REPLACING = (
    _several("--replace", metavar="urn"),
    _several("--target-replace", metavar="urn"),
)
_FORETELLABLE = (_flag("--preview-only"), _flag("--run-program"))


def choosing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the choice of folder, stack and backend as one argument ``chosen``."""

    @functools.wraps(command)
    def choosing_command(*args: object, **given: Any) -> None:  # noqa: ANN401 - the options
        names = [field.name for field in fields(Chosen)]
        chosen = Chosen(**{name: given.pop(name) for name in names})
        command(*args, chosen=chosen, **given)

    return _decorated(choosing_command, _CHOOSING)


def _running(*options: Decorator) -> Decorator:
    """Give a command *options* as one argument ``wanted``, and the choice of what it is about."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def running_command(*args: object, **given: Any) -> None:  # noqa: ANN401 - the options
            names = [field.name for field in fields(Wanted) if field.name in given]
            wanted = _checked({name: given.pop(name) for name in names})
            command(*args, wanted=wanted, **given)

        return choosing(_decorated(running_command, options))

    return decorate


def _checked(given: Mapping[str, Any]) -> Wanted:
    wanted = Wanted(**given)
    if (wanted.target or wanted.target_replace) and wanted.exclude:
        raise click.UsageError(say("programs.target-and-exclude"), click.get_current_context())
    return wanted


def _decorated(command: Callable[..., None], options: tuple[Decorator, ...]) -> Callable[..., None]:
    for declare in reversed(options):
        command = declare(command)
    return command


_PLANNING = (_EXPECTING, _REFRESH, *_SCOPE, *_REPLACING, *_RUNNING, *_GATING, *_SHOWING)

foretelling = _running(*_PLANNING)
"""For ``preview``."""
building = _running(*_DOING, *_PLANNING)
"""For ``up``."""
refreshing = _running(*_DOING[:2], *_FORETELLABLE, _EXPECTING, *_SCOPE, *_RUNNING, *_SHOWING)
"""For ``refresh``."""
destroying = _running(
    *_DOING, *_FORETELLABLE, _flag("--remove"), _REFRESH, *_SCOPE, *_RUNNING, *_SHOWING
)
"""For ``destroy``."""
