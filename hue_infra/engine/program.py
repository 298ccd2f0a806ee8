"""Runs a Pulumi program in this process, with its own event loop in its own thread.

What `pulumi.runtime` needs is set in context variables of that thread only, so that several
programs may run side by side. The same is done upstream by ``pulumi.automation._server``.
"""

import asyncio
import contextvars
import re
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc  # type: ignore[import-untyped]  # it ships no types
import pulumi
from pulumi.runtime import config, settings
from pulumi.runtime.stack import run_in_stack

from hue_infra.engine import dynamic_pickling, shortcuts
from hue_infra.engine.api import Options, Program, ProgramSource
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host.rpc import CallError
from hue_infra.engine.monitor import ORGANIZATION, EngineService, MonitorService
from hue_infra.errors import HueError
from hue_infra.words import say

_MISSING_FEATURE = re.compile(r"Pulumi CLI does not support (?:the )?(.+?)(?: option)?\. Please")
_THREADS = 32
"""Registrations that may wait at a time: each takes a thread of the program's executor."""


def run_program(program: Program, deployment: Deployment) -> bool:
    """Run *program* against *deployment*; whether it came to its end.

    A failure is reported to the deployment.
    """
    if isinstance(program, ProgramSource):
        return program.run(deployment)
    return contextvars.copy_context().run(_run, program, deployment)


def _run(program: Callable[[], None], deployment: Deployment) -> bool:
    dynamic_pickling.mend()
    shortcuts.take()
    _configure(deployment)
    width = max(_THREADS, 4 * deployment.options.parallel)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(_ignore_unobserved)
    executor = ThreadPoolExecutor(width, "registration")
    loop.set_default_executor(executor)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(lambda: _begun(program)))
    except Exception as error:  # noqa: BLE001 - whatever the program raises is its failure
        _report(error, deployment)
        return False
    finally:
        _close(loop, executor)
    return True


async def _begun(program: Callable[[], None]) -> None:
    """Run the program's body, and let what it registered begin.

    Of what has begun the SDK awaits each registration in turn. Of what has not it knows only the
    outputs, and looks at all of them again whenever one is there: a third of a large preview.
    """
    program()
    await asyncio.sleep(0)


def _configure(deployment: Deployment) -> None:
    options: Options = deployment.options
    settings.ROOT.set(None)
    settings.configure(
        settings.Settings(
            project=deployment.stack.project,
            stack=deployment.stack.name,
            organization=ORGANIZATION,
            monitor=deployment.shared(MonitorService),
            engine=deployment.shared(EngineService),
            parallel=options.parallel,
            dry_run=deployment.preview,
        )
    )
    config.set_all_config(dict(options.config), sorted(options.secret_config))


def _report(error: Exception, deployment: Deployment) -> None:
    """Tell why the program ended, unless it ended because a step had failed."""
    told = deployment.stopped
    deployment.stop()
    if told and _is_echo(error):
        return
    deployment.reporter.log("error", _retold(error))


def _is_echo(error: Exception) -> bool:
    """Whether *error* only repeats that the engine has stopped."""
    if isinstance(error, grpc.RpcError):
        return True
    return isinstance(error, pulumi.RunError) and "monitor" in str(error)


def _retold(error: Exception) -> str:
    if missing := _MISSING_FEATURE.search(str(error)):
        return say("deployment.feature-refused", feature=missing[1])
    if refusal := _refusal(error):
        return refusal
    if isinstance(error, pulumi.RunError | HueError):
        return str(error)
    trace = "".join(traceback.format_exception(error)).rstrip()
    return f"{say('deployment.program-failed')}\n{trace}"


def _refusal(error: BaseException | None) -> str:
    """The sentence of our own refusal, which the SDK may have turned into a plain exception."""
    seen: set[int] = set()
    # A chain of exceptions may lead back to itself.
    while error is not None and id(error) not in seen:
        if isinstance(error, CallError):
            return error.details()
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return ""


def _close(loop: asyncio.AbstractEventLoop, executor: ThreadPoolExecutor) -> None:
    """Wait for steps that still run, then end what the program left behind."""
    executor.shutdown(wait=True)
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    asyncio.set_event_loop(None)
    loop.close()


def _ignore_unobserved(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """The SDK leaves tasks whose failure is known from elsewhere."""
