"""The key by which a cluster encrypts its secrets at rest: another one in the place of the old."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hue_infra.providers import reach
from hue_infra.words import say

PROGRAM = "/usr/local/sbin/kubernetes-keys"
FIRST = "first"
"""The name of a cluster's first key; the others are named by when they were made."""

Key = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rotation:
    """A change of key on the machines that are in control of a cluster.

    A key goes to all before one of them writes with it, and the old one goes only when nothing is
    encrypted by it any more.  The first machine is always the first to be given another order, so
    that its keys tell how far a rotation came that was cut off.

    Args:
        control: How each machine in control is reached.
        tell: Told, in the operator's language, what is being done.
    """

    control: Sequence[reach.Reach]
    tell: Callable[[str], None] = lambda _line: None

    def perform(self) -> str:
        """Change the key, or end the change that was cut off; the name of the new one.

        Raises:
            RemoteError: A machine or its API server did not follow; the same again goes on.
        """
        first = self.control[0]
        keys = self._read(first)
        if len(keys) == 1:
            keys.append(json.loads(reach.perform(first, [PROGRAM, "new"]).stdout))
        old, new = sorted(keys, key=lambda key: (key["name"] != FIRST, key["name"]))
        if keys == [old, new] and len(self.control) > 1:
            self._lay("care.keys-known", [old, new])
        self._lay("care.keys-first", [new, old])
        self.tell(say("care.keys-rewritten"))
        reach.perform(first, [PROGRAM, "rewrite"])
        self._lay("care.keys-forgotten", [new])
        return new["name"]

    def _read(self, machine: reach.Reach) -> list[Key]:
        found: list[Key] = json.loads(reach.perform(machine, [PROGRAM, "read"]).stdout)
        return found

    def _lay(self, what: str, keys: Sequence[Key]) -> None:
        for machine in self.control:
            self.tell(say(what, machine=machine["machine"]))
            reach.perform(machine, [PROGRAM, "lay"], given=json.dumps(keys))
