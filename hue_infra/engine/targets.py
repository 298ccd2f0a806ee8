"""Which resources a run may touch: its targets, what it leaves out, what it replaces on request.

A pattern with ``*`` is a glob: ``*`` stands for anything but a colon, ``**`` for anything.
Source: pulumi/pulumi, pkg/resource/deploy/deployment.go (UrnTargets) and step_generator.go.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from hue_infra.engine import urns
from hue_infra.engine.api import Options
from hue_infra.engine.relations import needed, references, with_dependents
from hue_infra.engine.state import ResourceState


class Patterns:
    """URNs and globs of them.

    >>> "urn:pulumi:lab::hue::net:Vpc::core" in Patterns(["**::core"])
    True
    >>> "urn:pulumi:lab::hue::net:Vpc::core" in Patterns(["urn:*:core"])
    False
    """

    def __init__(self, given: Iterable[str]) -> None:
        given = list(given)
        self.literals = [item for item in given if "*" not in item]
        self._known = set(self.literals)
        self._globs = [re.compile(_expression(item)) for item in given if "*" in item]

    def __bool__(self) -> bool:
        return bool(self._known or self._globs)

    def __contains__(self, urn: str) -> bool:
        return urn in self._known or any(glob.fullmatch(urn) for glob in self._globs)

    def add(self, urn: str) -> None:
        """Count *urn* in from now on."""
        self._known.add(urn)


class Scope:
    """What a run may touch: targets if there are any, else all that is not excluded."""

    def __init__(self, options: Options) -> None:
        self.targets = Patterns(options.targets)
        self.excludes = Patterns(options.excludes)
        self.replaced = Patterns(options.replace)
        self._with_dependents = options.target_dependents
        self._without_dependents = options.exclude_dependents
        self._options = options
        # These grow by the dependents, which come to be known as the program goes on.
        self._in = Patterns(options.targets)
        self._out = Patterns(options.excludes)

    def __bool__(self) -> bool:
        """Whether anything is left alone at all."""
        return bool(self.targets or self.excludes)

    def includes(self, state: ResourceState) -> bool:
        """Whether the run may touch a resource that the program registers.

        Providers and the stack itself are in every scope.
        """
        if not self or urns.is_provider(state.type) or state.type == urns.ROOT_TYPE:
            return True
        return self._targeted(state) if self.targets else not self._excluded(state)

    def settle(self, state: ResourceState) -> None:
        """Remember a registered resource for the sake of its dependents."""
        if self.targets and self._targeted(state):
            self._in.add(state.urn)
        elif self.excludes and self._excluded(state):
            self._out.add(state.urn)

    def to_read(self, states: Iterable[ResourceState]) -> Iterator[ResourceState]:
        """What a refresh looks at among *states*, which stand in state order."""
        chosen = Patterns(self._options.targets or self._options.excludes)
        follow = self._with_dependents if self.targets else self._without_dependents
        for state in states:
            if follow and any(urn in chosen for _, urn in references(state)):
                chosen.add(state.urn)
            if not self or (state.urn in chosen) == bool(self.targets):
                yield state

    def reads(self, state: ResourceState) -> bool:
        """Whether a refresh looks at *state*, dependents aside."""
        return next(self.to_read([state]), None) is not None

    def to_delete(self, states: Sequence[ResourceState]) -> Collection[str] | None:
        """The URNs that may be deleted, given the whole state; None when all may.

        What depends on a target is among them, whether it may be deleted or not: `unnamed` tells.
        """
        if self.targets:
            return with_dependents(states, {s.urn for s in states if s.urn in self.targets})
        if self.excludes:
            return {state.urn for state in states} - self._kept(states)
        return None

    def unnamed(self, urn: str) -> bool:
        """Whether *urn* would be deleted for the sake of a target without being one."""
        return bool(self.targets) and not self._with_dependents and urn not in self.targets

    def _targeted(self, state: ResourceState) -> bool:
        if state.urn in self.targets:
            return True
        return self._with_dependents and any(urn in self._in for urn in needed(state))

    def _excluded(self, state: ResourceState) -> bool:
        if state.urn in self.excludes:
            return True
        return self._without_dependents and any(urn in self._out for urn in needed(state))

    def _kept(self, states: Sequence[ResourceState]) -> set[str]:
        """What is excluded and all that it stands on, with its dependents if they count."""
        kept = {state.urn for state in states if state.urn in self.excludes}
        while True:
            before = len(kept)
            if self._without_dependents:
                kept = with_dependents(states, kept)
            for state in reversed(states):
                if state.urn in kept:
                    kept |= needed(state)
            if len(kept) == before:
                return kept


def _expression(glob: str) -> str:
    r"""A glob as a regular expression.

    >>> print(_expression("a.*:**"))
    a\.[^:]*:.*
    """
    spans = glob.split("**")
    return ".*".join("[^:]*".join(map(re.escape, span.split("*"))) for span in spans)
