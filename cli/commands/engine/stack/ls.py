"""``hue-infra engine stack ls``: the stacks of a project."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session, moment, table
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.history import iso
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine.backend import StackStore
from hue_infra.words import say


@localised.command("ls", words="programs.stack-ls")
@choosing
@localised.option("--all", "-a", is_flag=True, room="programs")
@pass_session
def command(session: Session, /, chosen: Chosen, **given: bool) -> None:
    """List the stacks of a project, or of all projects in the backend."""
    output = for_session(session)
    here = opening.folder(chosen)
    every = [
        here.backend.stack(project, name)
        for project, name in here.backend.stacks()
        if given["all"] or project == here.project.name
    ]
    output.raw([_document(store, whole=given["all"]) for store in every])
    headings = [say(f"programs.stack-{name}") for name in ("name", "updated", "resources")]
    rows = [
        (
            store.full_name if given["all"] else store.name,
            moment(_updated(store)) or "–",
            str(len(store.resources())),
        )
        for store in every
    ]
    output.show(table(headings, rows, right=(2,)))


def _document(store: StackStore, *, whole: bool) -> dict[str, object]:
    updated = _updated(store)
    told: dict[str, object] = {"name": store.full_name if whole else store.name, "current": False}
    return {
        **told,
        **({"lastUpdate": updated} if updated else {}),
        "resourceCount": len(store.resources()),
    }


def _updated(store: StackStore) -> str:
    """When the last run of a stack ended; nothing if there was none."""
    runs = store.history()
    return iso(runs[0]["endTime"]) if runs else ""
