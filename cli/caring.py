"""What the commands of ``hue-infra cluster`` share."""

from typing import TYPE_CHECKING

from hue_infra.cli import localised, opening
from hue_infra.cli.opening import Chosen
from hue_infra.cli.output import Output

if TYPE_CHECKING:
    from hue_infra.stacks.care import Care

cluster_option = localised.option("--cluster", metavar="cluster", room="care")


def opened(chosen: Chosen, cluster: str | None, output: Output) -> "Care":
    """Means to look after the cluster that the operator chose."""
    return opening.opened(chosen, output.ask).cluster(cluster)
