"""What a program has run around the steps on its resources, by name.

The monitor registers the program's callbacks here; steps and deletions call them.
Source: pulumi/pulumi, pkg/resource/deploy/deployment.go (RunHooks, RunErrorHooks), retries.go.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from hue_infra.engine.provider import PartialFailure
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

MOST_TRIES: Final = 100
"""How often a step is tried because error hooks ask for it, as upstream."""

Answer = TypeVar("Answer")


class HookError(EngineError):
    """A hook failed, or is not there."""


@dataclass(frozen=True, slots=True)
class HookArgs:
    """What a hook is told; what does not exist, as the old side of a create, is None."""

    urn: str
    id: str
    name: str
    type: str
    new_inputs: PropertyMap | None = None
    old_inputs: PropertyMap | None = None
    new_outputs: PropertyMap | None = None
    old_outputs: PropertyMap | None = None
    new: ResourceState | None = None
    """For the options of the resource as wanted."""
    old: ResourceState | None = None


@dataclass(frozen=True, slots=True)
class ErrorHookArgs:
    """What an error hook is told."""

    urn: str
    id: str
    name: str
    type: str
    operation: str
    """``create``, ``update`` or ``delete``."""
    errors: tuple[str, ...] = ()
    """Every failure of this step so far, the latest first."""
    new_inputs: PropertyMap | None = None
    old_inputs: PropertyMap | None = None
    old_outputs: PropertyMap | None = None
    new: ResourceState | None = None
    old: ResourceState | None = None


Hook = Callable[[HookArgs], None]
"""Raises, `HookError` for choice, to fail."""
ErrorHook = Callable[[ErrorHookArgs], bool]
"""Returns whether to try again; raises to fail."""
Warn = Callable[[str, str], None]
"""Told a sentence and the URN it is about."""


@dataclass(frozen=True, slots=True)
class _Registered:
    call: Hook
    on_dry_run: bool
    ignore_errors: bool


class HookBook:
    """The hooks that the program has registered, by name."""

    def __init__(self, *, preview: bool, warn: Warn) -> None:
        self._preview = preview
        self._warn = warn
        self._hooks: dict[str, _Registered] = {}
        self._error_hooks: dict[str, ErrorHook] = {}
        self._lock = threading.Lock()

    def register(
        self, name: str, hook: Hook, on_dry_run: bool = False, *, ignore_errors: bool = False
    ) -> None:
        """Take a hook around steps.

        Args:
            name: How resources name it.
            hook: What to call.
            on_dry_run: Whether to call it in a preview too.
            ignore_errors: Whether its failure is only worth a warning.

        Raises:
            HookError: The name is empty or taken.
        """
        with self._lock:
            self._claim(name)
            self._hooks[name] = _Registered(hook, on_dry_run, ignore_errors)

    def register_error(self, name: str, hook: ErrorHook) -> None:
        """Take a hook that says whether a failed step is tried again.

        Raises:
            HookError: The name is empty or taken.
        """
        with self._lock:
            self._claim(name)
            self._error_hooks[name] = hook

    def around(
        self, moment: str, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> None:
        """Call the hooks that a resource has for *moment*, one after another.

        Args:
            moment: One of `state.HOOKS`.
            new: As wanted, or as made once the step is over; None for a deletion.
            old: As recorded before; None for a creation.

        Raises:
            HookError: One failed, or is not registered; those after it are not called.
        """
        names = _names(moment, new, old)
        for name in names:
            hook = self._hooks.get(name)
            if hook is None:
                raise HookError(say("hooks.missing", name=name))
            if not self._preview or hook.on_dry_run:
                self._run(moment, name, hook, _args(moment, new, old))

    def trying(
        self,
        operation: str,
        call: Callable[[], Answer],
        new: ResourceState | None = None,
        old: ResourceState | None = None,
    ) -> Answer:
        """The answer of *call*, which is made again while the resource's error hooks want it.

        Raises:
            EngineError: The call failed, and no hook wants another, or a hook failed.
        """
        names = _names("on_error", new, old)
        errors: list[str] = []
        while True:
            try:
                return call()
            except EngineError as error:
                errors.insert(0, str(error))
                if not names:
                    raise
                args = replace(_error_args(operation, new, old), errors=tuple(errors))
                if not self._again(names, args, error):
                    raise

    def _again(self, names: Sequence[str], args: ErrorHookArgs, error: EngineError) -> bool:
        """Whether a step that failed with *error* is to be tried again."""
        times = len(args.errors)
        if times >= MOST_TRIES:
            self._warn(say("hooks.too-often", times=times), args.urn)
            return False
        try:
            wanted = [self._ask(name, args) for name in names]
        except HookError as problem:
            if not isinstance(error, PartialFailure):
                raise
            # The resource exists: what became of it must not be lost over its hook.
            self._warn(str(problem), args.urn)
            return False
        if any(wanted):
            self._warn(say("hooks.again", time=times, times=MOST_TRIES), args.urn)
        return any(wanted)

    def _ask(self, name: str, args: ErrorHookArgs) -> bool:
        hook = self._error_hooks.get(name)
        if hook is None:
            raise HookError(say("hooks.missing", name=name))
        try:
            return hook(args)
        except Exception as error:
            raise HookError(_retold("hooks.error-failed", name, error)) from error

    def _claim(self, name: str) -> None:
        if not name:
            raise HookError(say("hooks.nameless"))
        if name in self._hooks or name in self._error_hooks:
            raise HookError(say("hooks.taken", name=name))

    def _run(self, moment: str, name: str, hook: _Registered, args: HookArgs) -> None:
        try:
            hook.call(args)
        except Exception as error:
            key = "hooks.before-failed" if moment.startswith("before") else "hooks.after-failed"
            text = _retold(key, name, error)
            if not hook.ignore_errors:
                raise HookError(text) from error
            self._warn(text, args.urn)


def _names(moment: str, new: ResourceState | None, old: ResourceState | None) -> Sequence[str]:
    """The hooks of a resource for *moment*: those wanted, of a deletion those recorded."""
    state = new or old
    return () if state is None else state.hooks.get(moment, ())


def _args(moment: str, new: ResourceState | None, old: ResourceState | None) -> HookArgs:
    state = _either(new, old)
    made = new is not None and moment.startswith("after")
    return HookArgs(
        urn=state.urn,
        id=new.id if new and made else old.id if old else "",
        name=state.name,
        type=state.type,
        new_inputs=new.inputs if new else None,
        old_inputs=old.inputs if old else None,
        new_outputs=new.outputs if new and made else None,
        old_outputs=old.outputs if old else None,
        new=new,
        old=old,
    )


def _error_args(
    operation: str, new: ResourceState | None, old: ResourceState | None
) -> ErrorHookArgs:
    state = _either(new, old)
    return ErrorHookArgs(
        urn=state.urn,
        id=old.id if old else "",
        name=state.name,
        type=state.type,
        operation=operation,
        new_inputs=new.inputs if new else None,
        old_inputs=old.inputs if old else None,
        old_outputs=old.outputs if old else None,
        new=new,
        old=old,
    )


def _either(new: ResourceState | None, old: ResourceState | None) -> ResourceState:
    state = new or old
    if state is None:
        raise LookupError("a hook belongs to a resource")
    return state


def _retold(key: str, name: str, error: Exception) -> str:
    # A hook's own words stay outside `say`, which refuses long ones.
    words = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    return f"{say(key, name=name)} {words}"
