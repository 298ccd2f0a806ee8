"""``hue-infra engine``: drive any Pulumi program folder with the embedded engine."""

from hue_infra.cli import localised

command = localised.group(
    "engine",
    package=__name__,
    sections={
        "run": ("preview", "up", "refresh", "destroy"),
        "keep": ("stack", "config", "state"),
    },
    children="programs.",
)
