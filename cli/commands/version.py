"""``hue-infra version``: which version this is, and on what it runs."""

import importlib.metadata
import platform

from hue_infra.cli import localised
from hue_infra.cli.output import facts, for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine.state import ENGINE_VERSION
from hue_infra.words import say


@localised.command("version")
@pass_session
def command(session: Session) -> None:
    """Show the version."""
    output = for_session(session)
    found = {
        "hue-infra": version_of("hue-infra"),
        "state": ENGINE_VERSION,
        "pulumi": version_of("pulumi"),
        "ansible-core": version_of("ansible-core"),
        "python": platform.python_version(),
    }
    output.document(**found)
    output.show(facts({say(f"cli.version-{name}"): value for name, value in found.items()}))


def version_of(package: str) -> str:
    """The installed version of a package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return say("cli.version-unknown")
