"""``hue-infra engine stack``: the stacks of a project, and what they hold."""

from hue_infra.cli import localised

command = localised.group(
    "stack",
    package=__name__,
    sections={"stacks": ("ls", "init", "rm"), "held": ("output", "history", "export", "import")},
    words="programs.stack",
    children="programs.stack-",
)
