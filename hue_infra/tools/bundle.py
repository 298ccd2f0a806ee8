"""What is carried to a machine without the Internet: the folder that HUE_INFRA_BUNDLE names."""

import os
from pathlib import Path


def bundled(name: str) -> Path | None:
    """The path of *name* in the bundle, if there is a bundle and it has it."""
    bundle = os.environ.get("HUE_INFRA_BUNDLE")
    path = Path(bundle) / name if bundle else None
    return path if path and path.exists() else None
