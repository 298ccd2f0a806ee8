"""The program as the Pulumi CLI runs it; the embedded engine calls `program.build` itself.

Configuration: ``hue-infra:province`` (path of province.yaml), ``hue-infra:target``
(``lab`` or ``ssh``) and ``hue-infra:scope`` (``lab`` or ``province``).
"""

from pathlib import Path
from typing import cast

import pulumi

from hue_infra.errors import HueError
from hue_infra.stacks.operations import Deployment, Settings
from hue_infra.stacks.program import build
from hue_infra.stacks.scene import Target

config = pulumi.Config("hue-infra")
try:
    chosen = Settings(
        province=Path(config.require("province")),
        stack=pulumi.get_stack(),
        target=cast("Target", config.get("target", "lab")),
        scope=config.get("scope", "lab") or "lab",
    )
    build(Deployment.open(chosen).scene())
except HueError as error:
    raise pulumi.RunError(f"{error}\n{error.hint}".strip()) from error
