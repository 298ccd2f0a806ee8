"""``hue-infra cluster snapshot``: take a snapshot of a cluster's etcd, or list them."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hue_infra.cli import caring, localised
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against
from hue_infra.cli.output import Output, for_session, moment, number, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.care import Snapshot

MEBIBYTE = 1 << 20


@localised.command("snapshot", words="care.snapshot")
@held_against
@caring.cluster_option
@localised.option("--list", "listing", is_flag=True, room="care")
@pass_session
def command(session: Session, chosen: Chosen, cluster: str | None, listing: bool) -> None:
    """Take a snapshot, or list what there is."""
    output = for_session(session)
    care = caring.opened(chosen, cluster, output)
    taken = () if listing else (care.save(),)
    found = care.snapshots() if listing else taken
    output.document(cluster=care.plan.name, snapshots=[dataclasses.asdict(one) for one in found])
    if not found:
        output.note(say("care.no-snapshots"))
        return
    show(found, output)


def show(snapshots: "Sequence[Snapshot]", output: Output) -> None:
    """Show snapshots with their size and what they were taken for."""
    words = {True: say("care.fine"), False: say("care.is-damaged")}
    rows = [
        (
            one.name,
            moment(one.taken),
            number(one.keys),
            f"{number(max(1, one.bytes // MEBIBYTE))} MiB",
            words[one.whole],
            one.why,
        )
        for one in snapshots
    ]
    names = ("name", "taken", "keys", "size", "state", "why")
    output.show(table([say(f"care.table-{name}") for name in names], rows, right=(2, 3)))
