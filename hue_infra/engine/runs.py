"""What each kind of run does, from the state it finds to the outputs it leaves.

Source: pulumi/pulumi, pkg/resource/deploy/deployment_executor.go.
"""

from collections.abc import Callable, Iterable

from hue_infra.engine.api import Kind, Program
from hue_infra.engine.deletes import delete_leftovers
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.outputs import settle_stack_outputs
from hue_infra.engine.refresh import refresh
from hue_infra.words import say

Work = Callable[[Deployment], None]


def work_of(kind: Kind, program: Program | None) -> Work:
    """What to do in a run of *kind*.

    Raises:
        TypeError: There is no program, and only a program says what to make.
    """
    if program is not None:
        return lambda deployment: _with_program(kind, program, deployment)
    if kind == "up":
        raise TypeError("only a program says what to make")
    return _refresh if kind == "refresh" else _destroy


def _with_program(kind: Kind, program: Program, deployment: Deployment) -> None:
    # Imported late: it imports pulumi, which those who only read the state must not wait for.
    from hue_infra.engine import gates  # noqa: PLC0415

    deployment.kind = kind
    with gates.standing(deployment):
        if _made(program, deployment):
            gates.examine_stack(deployment)


def _made(program: Program, deployment: Deployment) -> bool:
    """Run *program* and do what follows from it; whether all of it came to its end."""
    from hue_infra.engine.program import run_program  # noqa: PLC0415 - as above

    if not _begun(deployment):
        return False
    deployment.conclusion = lambda: _conclude(deployment)
    ended = run_program(program, deployment)
    if ended:
        deployment.conclude()
    settle_stack_outputs(deployment)
    return ended and _is_whole(deployment)


def _begun(deployment: Deployment) -> bool:
    """Refresh first if asked to, or if a provider wants that; whether the run may go on."""
    if deployment.options.refresh:
        refresh(deployment)
    elif any(state.refresh_before_update for state in deployment.before):
        refresh(deployment, lambda state: state.refresh_before_update)
    deployment.renew()
    if deployment.failed:
        return False
    known = {state.urn for state in deployment.before}
    return _are_known(deployment, deployment.scope.replaced.literals, known) and (
        not deployment.stopped
    )


def _conclude(deployment: Deployment) -> None:
    """Delete what the program no longer has; after a failure only if the run is to go on.

    A refresh reads it instead.
    """
    known = {state.urn for state in deployment.before} | deployment.goals.keys()
    _are_known(deployment, deployment.scope.targets.literals, known)
    if deployment.kind == "refresh":
        refresh(deployment)
    elif not deployment.stopped and (deployment.options.continue_on_error or _is_whole(deployment)):
        delete_leftovers(deployment)


def _destroy(deployment: Deployment) -> None:
    deployment.kind = "destroy"
    if _begun(deployment):
        _conclude(deployment)


def _refresh(deployment: Deployment) -> None:
    deployment.kind = "refresh"
    known = {state.urn for state in deployment.before}
    scope = deployment.scope
    if _are_known(deployment, [*scope.targets.literals, *scope.excludes.literals], known):
        refresh(deployment)


def _is_whole(deployment: Deployment) -> bool:
    """Whether nothing failed so far; a preview goes on past what it has only reported."""
    broken = deployment.failed or deployment.stopped
    return not broken and (deployment.preview or not deployment.reporter.failed)


def _are_known(deployment: Deployment, targets: Iterable[str], known: Iterable[str]) -> bool:
    """Report each of *targets* that names nothing; whether there was none."""
    there = set(known)
    missing = [target for target in targets if target not in there]
    for target in missing:
        deployment.reporter.log("error", say("targets.unknown", target=target), target)
    return not missing
