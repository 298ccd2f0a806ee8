"""A project folder of our making, for the CLI to work on one stack."""

from collections.abc import Mapping
from pathlib import Path

from hue_infra.engine.api import StackRef
from hue_infra.engine.host import project as projects
from hue_infra.engine.host import yamlfile
from hue_infra.engine.host.project import Project


def write_project(
    folder: Path,
    stack: StackRef,
    values: Mapping[str, object],
    salt: str,
    main: Path | None = None,
) -> Project:
    """Write a project that holds one stack, for the CLI to work on.

    Args:
        folder: Where; it is ours alone.
        stack: The stack, whose project this becomes.
        values: Its configuration: texts, or what `settings.encrypted` makes.
        salt: State of its secrets' passphrase; empty where the CLI is to make it.
        main: The program; None where it is handed to the CLI otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = yamlfile.read(folder / projects.NAMES[0])
    file.data.clear()
    file.data.update({"name": stack.project, "runtime": "python"})
    if main is not None:
        file.data["main"] = str(main)
    file.save()
    project = projects.load(file.path)
    own = yamlfile.read(project.stack_file(stack.name))
    kept = salt or own.text("encryptionsalt")
    own.data.clear()
    own.data.update({"encryptionsalt": kept} if kept else {})
    own.data.update({"config": dict(values)} if values else {})
    own.save()
    return project
