"""What the commands of ``hue-infra cluster`` share."""

from typing import TYPE_CHECKING

from hue_infra.cli import localised, opening
from hue_infra.cli.opening import Chosen
from hue_infra.cli.output import Output

if TYPE_CHECKING:
    from hue_infra.stacks.care import Care
    from hue_infra.stacks.upgrades import Upgrade

cluster_option = localised.option("--cluster", metavar="cluster", room="care")


def opened(chosen: Chosen, cluster: str | None, output: Output) -> "Care":
    """Means to look after the cluster that the operator chose."""
    return opening.opened(chosen, output.ask).cluster(cluster)


def on_the_way(chosen: Chosen, cluster: str | None, output: Output) -> "tuple[Care, Upgrade]":
    """As `opened`, with the means to bring that cluster to this release's version."""
    deployment = opening.opened(chosen, output.ask)
    care = deployment.cluster(cluster)
    return care, deployment.upgrade(care.plan)


def agreed(output: Output, name: str, warning: str, question: str) -> bool:
    """Whether the operator, warned, typed the cluster's name.

    Raises:
        InputError: Nobody is there to ask, and ``--yes`` was not given.
    """
    output.require_somebody()
    output.note(warning, style="bold red")
    return output.type_again(question, name)
