"""The stacks as Pulumi's own command line gets them: a project folder, and our pack's settings.

The folder lies in the stack's home and names this very program, so that an installed package
serves as well as a checkout. What `__main__` asks of its configuration is written there.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hue_infra.engine.analysis import PolicyPack
from hue_infra.engine.api import StackRef
from hue_infra.engine.backend import FileBackend
from hue_infra.engine.disk import Disk
from hue_infra.engine.host.project import Project
from hue_infra.engine.pulumi_cli.folder import write_project
from hue_infra.policies import crossguard, resource_gate

if TYPE_CHECKING:
    from hue_infra.stacks.operations import Settings

FOLDER: Final = "pulumi"
"""In the stack's home."""
MAIN: Final = Path(__file__).resolve().with_name("__main__.py")


def folder(stack: StackRef, home: Path, settings: "Settings") -> Project:
    """The project folder of *stack*, as it is to be built now."""
    told = {
        "province": str(settings.province.resolve()),
        "target": settings.target,
        "scope": settings.scope,
        "date": settings.date.isoformat() if settings.date else "",
    }
    values = {f"{stack.project}:{key}": text for key, text in told.items() if text}
    # Asked for no secret, so for no passphrase either.
    salt = FileBackend(stack.root).stack(stack.project, stack.name).crypter(str).salt
    return write_project(home / FOLDER, stack, values, salt, MAIN)


def pack(home: Path, allowed: Sequence[str], places: Mapping[str, str]) -> PolicyPack:
    """Our own pack with what the province tells it; see `crossguard.configuration`."""
    file = home / FOLDER / "policies.json"
    text = json.dumps(crossguard.configuration(allowed, places), ensure_ascii=False)
    Disk().replace(file, text.encode())
    return PolicyPack(resource_gate.FOLDER, file)
