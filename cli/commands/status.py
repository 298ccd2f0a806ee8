"""``hue-infra status``: how a stack stands, read from its files without starting the engine."""

from typing import TYPE_CHECKING

from hue_infra.cli import deeds, localised, opening
from hue_infra.cli.layers import by_layer, title_of
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import named
from hue_infra.cli.output import Output, facts, for_session, heading, moment, span, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.status import LastRun, Status

KINDS = {"update", "destroy", "refresh", "import"}
RESULTS = {"succeeded", "failed", "in-progress"}


@localised.command("status")
@named
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Show how the stack stands."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    status = deployment.status()
    output.document(stack=deployment.name, home=str(deployment.home), **document(status))
    output.show(facts(overview(status) | {say("cli.fact-home"): str(deployment.home)}))
    if not status.resources:
        output.note(say("cli.status-empty", stack=deployment.name))
        deeds.show_next(output, "up")
        return
    show_layers(status, output)
    show_machines(status, output)
    deeds.show_endpoints(status.endpoints, output)


def overview(status: "Status") -> dict[str, str]:
    """The stack in a few lines: last run, lock, machines."""
    running = sum(machine.running for machine in status.machines)
    holder = status.holder
    lock = say("cli.lock-held", who=holder.who, since=moment(holder.since)) if holder else ""
    return {
        say("cli.fact-last-run"): last_run(status.last_run),
        **({say("cli.fact-engine"): engine_of(status.last_run)} if status.last_run else {}),
        say("cli.fact-lock"): lock or say("cli.lock-free"),
        say("cli.fact-machines"): say(
            "cli.machines-running", running=running, stopped=len(status.machines) - running
        ),
    }


def last_run(run: "LastRun | None") -> str:
    """Say what was done last, how it ended, when and how long it took."""
    if run is None:
        return say("cli.last-run-none")
    return say(
        "cli.last-run",
        kind=say(f"cli.run-{run.kind}") if run.kind in KINDS else run.kind,
        result=say(f"cli.result-{run.result}") if run.result in RESULTS else run.result,
        started=moment(run.started),
        span=span(run.seconds),
    )


def engine_of(run: "LastRun") -> str:
    """Say which engine did it."""
    return say(f"cli.engine-{run.engine}")


def show_layers(status: "Status", output: Output) -> None:
    """Show how many resources each layer has."""
    rows = [(title_of(layer), str(count)) for layer, count in by_layer(status.resources).items()]
    output.show()
    output.show(table((say("cli.table-layer"), say("cli.table-resources")), rows, right=(1,)))


def show_machines(status: "Status", output: Output) -> None:
    """Show each machine that does not run, or all when verbose."""
    shown = [item for item in status.machines if output.verbose or not item.running]
    if shown:
        output.show(heading(say("cli.fact-machines")))
        words = {True: say("cli.machine-runs"), False: say("cli.machine-stopped")}
        output.show(facts({f"  {item.name}": words[item.running] for item in shown}))


def document(status: "Status") -> dict[str, object]:
    """The same for a program."""
    run, holder = status.last_run, status.holder
    fields = ("kind", "result", "started", "seconds", "engine")
    return {
        "resources": by_layer(status.resources),
        "machines": [{"name": item.name, "running": item.running} for item in status.machines],
        "last_run": {name: getattr(run, name) for name in fields} if run else None,
        "lock": {"who": holder.who, "since": holder.since} if holder else None,
        "endpoints": deeds.endpoint_data(status.endpoints),
    }
