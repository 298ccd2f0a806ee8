"""The ``hue-infra`` command: one group, one module a command, errors turned into exit codes."""

import datetime
import gc
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hue_infra import places
from hue_infra.cli.localised import LazyGroup, nearest, option
from hue_infra.cli.session import Session, wanted_colour
from hue_infra.errors import HueError
from hue_infra.words import LANGUAGES, say, use

BUG = 1
INTERRUPTED = 130  # 128 + SIGINT, as POSIX shells report it
OBJECTS = 100_000
"""Made since the last look for garbage when it is time for the next."""
SECTIONS = {
    "describe": ("new", "validate", "size", "diagram", "schema"),
    "build": ("preview", "up", "destroy"),
    "operate": ("status", "verify", "drift", "cluster", "shell", "ca"),
    "pulumi": ("engine",),
    "program": ("completion", "version"),
}


class Program(LazyGroup):
    """The whole program; its commands raise and never exit themselves."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> Any:  # noqa: ANN401 - click's signature
        """Run the command line *args* and exit with the code its outcome has."""
        line = list(sys.argv[1:] if args is None else args)
        if standalone_mode:
            collect_rarely()
            hush_grpc()
        choose_language(line)
        session = Session(as_json="--json" in line, colour=wanted_colour("auto"))
        extra.setdefault("obj", session)
        extra.setdefault("color", session.colour)
        code = self._run(line, prog_name, complete_var, extra)
        if standalone_mode:
            sys.exit(code)
        return code

    def _run(
        self, line: list[str], name: str | None, complete: str | None, extra: dict[str, Any]
    ) -> int:
        session = extra["obj"]
        try:
            done = super().main(line, "hue-infra", complete, standalone_mode=False, **extra)
        except HueError as error:
            return tell(str(error), error.hint, error.exit_code, session)
        except click.ClickException as error:
            return tell(*explain(error), error.exit_code, session)
        except (click.Abort, KeyboardInterrupt):
            return tell(say("cli.interrupted"), "", INTERRUPTED, session)
        except BrokenPipeError:
            # The reader of our output went away; nothing more can be told to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception:  # noqa: BLE001 - the last door: a bug must not look like a crash
            return tell(say("cli.bug"), say("cli.bug-hint", path=str(keep_trace())), BUG, session)
        return done if isinstance(done, int) else 0


def collect_rarely() -> None:
    """Look for garbage every hundred thousand objects, not every seven hundred.

    Nearly all that a command makes lives to its end: a sixth of a large preview went into
    looking at it again and again.
    """
    gc.set_threshold(OBJECTS)


def hush_grpc() -> None:
    """Have gRPC's core say only what fails, not each connection that ends as it should.

    It reads the variable as it is imported, which is later; the processes of a run inherit it.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def choose_language(line: Sequence[str]) -> None:
    """Use the language that ``--lang`` names anywhere on the line, before any help is made."""
    for place, word in enumerate(line):
        name, _, value = word.partition("=")
        if name == "--":
            return
        if name == "--lang":
            chosen = value or "".join(line[place + 1 : place + 2])
            if chosen in LANGUAGES:
                use(chosen)


def tell(problem: str, hint: str, code: int, session: Session) -> int:
    """Tell the operator on stderr what is wrong and what to do next; return the exit code."""
    if session.as_json:
        document = {"error": problem, "hint": hint, "exit_code": code}
        click.echo(json.dumps(document, ensure_ascii=False), err=True)
        return code
    title = click.style(say("cli.error-title"), fg="red", bold=True)
    click.echo(f"{title}{_opening(problem)}{problem}", err=True, color=session.colour)
    if hint:
        title = click.style(say("cli.hint-title"), fg="cyan")
        click.echo(f"{title} {hint}", err=True, color=session.colour)
    return code


def _opening(problem: str) -> str:
    # A list without a sentence above it begins on a line of its own.
    _, newline, rest = problem.partition("\n")
    return "\n" if newline and not rest.startswith(" ") else " "


def explain(error: click.ClickException) -> tuple[str, str]:
    """Say in the operator's language what Click found wrong with the line, and where to look."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    hint = say("cli.error-help", command=ctx.command_path) if ctx else ""
    return _problem(error, ctx), hint


def _problem(error: click.ClickException, ctx: click.Context | None) -> str:
    match error:
        case click.NoSuchOption():
            known = [name for param in (ctx.command.params if ctx else ()) for name in param.opts]
            near = nearest(error.option_name, known)
            return say("cli.error-option", name=error.option_name) + near
        case click.MissingParameter():
            return say("cli.error-missing", name=_name(error, ctx))
        case click.BadParameter():
            return say("cli.error-value", name=_name(error, ctx), problem=error.message)
        case click.BadOptionUsage():
            return say(f"cli.error-{_usage(error, ctx)}", name=error.option_name)
        case _:
            return error.format_message()


def _name(error: click.BadParameter, ctx: click.Context | None) -> str:
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.make_metavar(ctx) if error.param and ctx else ""


def _usage(error: click.BadOptionUsage, ctx: click.Context | None) -> str:
    params = ctx.command.params if ctx else []
    option = next((param for param in params if error.option_name in param.opts), None)
    flag = isinstance(option, click.Option) and (option.is_flag or option.count)
    return "no-value" if flag else "needs-value"


def keep_trace() -> Path:
    """Write the exception at hand to a file for the bug report; return where."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    directory = places.cache() / "errors"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        import tempfile  # noqa: PLC0415 - six milliseconds of every start for a case that never comes

        directory = Path(tempfile.mkdtemp(prefix="hue-infra-"))
    path = directory / f"{now}-{os.getpid()}.log"
    path.write_text(traceback.format_exc(), "utf-8")
    return path


def show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Do what the command ``version`` does, for those who ask as they ask other programs."""
    command = ctx.command
    if wanted and isinstance(command, LazyGroup) and (found := command.get_command(ctx, "version")):
        ctx.invoke(found)
        ctx.exit()


@click.group(
    "main",
    cls=Program,
    package="hue_infra.cli.commands",
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@option("--version", is_flag=True, expose_value=False, callback=show_version)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build and look after a province's infrastructure."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
