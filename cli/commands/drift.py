"""``hue-infra drift``: what is otherwise than it was made; looks at everything, touches nothing."""

from typing import TYPE_CHECKING

from hue_infra.cli import checkpoints, deeds, diffview, localised, opening, progress
from hue_infra.cli.layers import kind_of, layer_of
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import again, held_against
from hue_infra.cli.output import Output, facts, for_session, heading, span
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import DriftError, RemoteError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.drift import Drift, Unseen


@localised.command("drift")
@held_against
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Show what is otherwise than it was made."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    checkpoints.require_machine(deployment)
    if not deployment.status().resources:
        output.document(stack=deployment.name, **document(None))
        output.note(say("cli.status-empty", stack=deployment.name))
        deeds.show_next(output, "up")
        return
    output.note(say("cli.drift-looking", stack=deployment.name), style="dim")
    with progress.start(output, {}) as display:
        found = deployment.drift(display.on_event)
    output.document(stack=deployment.name, **document(found))
    show(found, output)
    require_none(found)


def show(found: "Drift", output: Output) -> None:
    """Show each resource that differs and how, what is gone, and what could not be looked at."""
    for line in diffview.sections(found.differing, width=output.out.width, verbose=output.verbose):
        output.show(line)
    if found.unseen:
        output.show(heading(say("cli.drift-unseen-title")))
        output.show(facts({f"  ? {kind_of(one.type)} {one.name}": one.why for one in found.unseen}))
    if found.differing or found.unseen:
        output.show()
    output.show(
        say(
            "cli.drift-summary",
            seen=found.seen,
            differing=len(found.differing) - gone(found),
            gone=gone(found),
            unseen=len(found.unseen),
            span=span(found.seconds),
        )
    )


def gone(found: "Drift") -> int:
    """How many resources are gone."""
    return sum(step.op == "delete" for step in found.differing)


def require_none(found: "Drift") -> None:
    """Pass when everything could be looked at and is as it was made.

    Raises:
        DriftError: Something differs, or is gone.
        RemoteError: Nothing is known to differ, but not everything could be looked at.
    """
    if found.differing:
        hint = say("cli.drift-hint", command=again("up"))
        raise DriftError(say("cli.drift-found", count=len(found.differing)), hint=hint)
    if found.unseen:
        hint = say("cli.drift-unseen-hint", command=again("up"))
        raise RemoteError(say("cli.drift-unseen", count=len(found.unseen)), hint=hint)


def document(found: "Drift | None") -> dict[str, object]:
    """The same for a program."""
    if found is None:
        return {"seen": 0, "differing": [], "unseen": []}
    return {
        "seen": found.seen,
        "seconds": round(found.seconds, 1),
        "differing": [
            {"gone": step.op == "delete", **diffview.about(step)} for step in found.differing
        ],
        "unseen": [_unseen(one) for one in found.unseen],
    }


def _unseen(one: "Unseen") -> dict[str, str]:
    layer = layer_of(one.type, one.name)
    return {"type": one.type, "name": one.name, "layer": layer, "urn": one.urn, "why": one.why}
