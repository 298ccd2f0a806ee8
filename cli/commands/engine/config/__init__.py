"""``hue-infra engine config``: the configuration of a stack."""

from hue_infra.cli import localised

command = localised.group(
    "config",
    package=__name__,
    sections={"settings": ("ls", "get", "set", "rm")},
    words="programs.config",
    children="programs.config-",
)
