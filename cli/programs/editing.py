"""An edit of a stack's state by hand: shown, agreed upon, written, with a copy of what was."""

from collections.abc import Callable, Iterable, Iterator

from hue_infra.cli.output import Output
from hue_infra.cli.programs.opening import Opened
from hue_infra.engine.state import Snapshot
from hue_infra.errors import InputError
from hue_infra.words import say


def edit(
    opened: Opened, change: Callable[[Snapshot], Snapshot], output: Output, *, yes: bool
) -> None:
    """Change the state of a stack, secrets sealed, once the operator agrees.

    Raises:
        InputError: The change cannot be made, or nobody is there to ask.
    """
    with opened.store.lock():
        before = opened.store.load(None)
        after = change(before)
        told = list(_told(before, after))
        output.document(stack=opened.name, changes=told)
        if not told:
            output.show(say("programs.state-same"))
            return
        show(say("programs.state-edit", stack=opened.name), told, output)
        if not is_wanted(say("programs.state-question"), output, yes=yes):
            return
        copy = opened.store.back_up()
        opened.store.save(after, opened.store.crypter(opened.passphrase))
    output.note(say("programs.state-edited", copy=str(copy)))


def chosen(urns: tuple[str, ...], *, everything: bool) -> tuple[str, ...] | None:
    """The resources that a line names; None for all of them.

    Raises:
        InputError: It names none, or some and all.
    """
    if bool(urns) == everything:
        raise InputError(say("programs.state-which"))
    return None if everything else urns


def show(title: str, lines: Iterable[str], output: Output) -> None:
    """Show lines below a sentence; nothing for none."""
    told = list(lines)
    if told:
        output.show(title)
        for line in told:
            output.show(f"  {line}")


def is_wanted(question: str, output: Output, *, yes: bool) -> bool:
    """Whether the operator wants it; where nobody can be asked, what was shown is all there is."""
    if yes:
        return True
    output.require_somebody()
    if output.confirm(question):
        return True
    output.note(say("cli.nothing-done"))
    return False


def _told(before: Snapshot, after: Snapshot) -> Iterator[str]:
    left = {(item.urn, item.delete): item for item in after.resources}
    for item in before.resources:
        kept = left.get((item.urn, item.delete))
        if kept is None:
            yield say("programs.state-forgets", urn=item.urn)
        elif item.protect and not kept.protect:
            yield say("programs.state-frees", urn=item.urn)
