"""``hue-infra cluster``: look after the Kubernetes clusters that a stack has built."""

from hue_infra.cli import localised

command = localised.group(
    "cluster",
    package=__name__,
    sections={
        "see": ("status", "kubeconfig"),
        "snapshots": ("snapshot", "restore"),
        "keeping": ("upgrade", "rotate-key"),
    },
    children="care.",
)
