"""``hue-infra engine state``: the state of a stack, changed by hand."""

from hue_infra.cli import localised

command = localised.group(
    "state",
    package=__name__,
    sections={"edits": ("repair", "unprotect", "delete")},
    words="programs.state",
    children="programs.state-",
)
