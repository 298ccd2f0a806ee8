"""Click's commands and options with every text from our catalogues.

A command named ``up`` has the messages ``cli.up-short``, ``cli.up-help`` and
``cli.up-example``; an option ``--date`` has ``cli.option-date``.  They are looked up when
they are shown, not when the command is declared, so that one process can speak both languages.
Commands below another one have their messages where that one says (`LazyGroup.children`).
"""

import difflib
import importlib
import keyword
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from hue_infra.cli.session import Session, wanted_colour
from hue_infra.words import LANGUAGES, say, use

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


class Choice(click.Choice[str]):
    """One of several words, refused in the operator's language."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """Return *value* when it is one of the choices."""
        if value not in self.choices:
            choices = ", ".join(self.choices)
            self.fail(say("cli.error-choice", value=str(value), choices=choices), param, ctx)
        return str(value)


class Option(click.Option):
    """An option whose help is the message ``<room>.option-<name>``."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's signature
        metavar: str | None = None,
        room: str = "cli",
        **kwargs: Any,  # noqa: ANN401 - click's signature
    ) -> None:
        super().__init__(*args, **kwargs)
        self.word = metavar
        self.room = room

    @property
    def message(self) -> str:
        """Message name of the help."""
        return f"{self.room}.option-{max(self.opts, key=len).lstrip('-')}"

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the word that stands for the value, in the operator's language."""
        return say(f"cli.metavar-{self.word}") if self.word else super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option as written and what it does, with its default."""
        self.help = say(self.message)
        if isinstance(self.default, str | int) and not (self.is_flag or self.count):
            self.help += "  [" + say("cli.help-default", value=str(self.default)) + "]"
        return super().get_help_record(ctx)


class Argument(click.Argument):
    """An argument that the usage line calls ``cli.metavar-<name>``."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the word that stands for the value, in the operator's language."""
        return say(f"cli.metavar-{self.name}")


class Localised(click.Command):
    """A command whose help speaks the operator's language.

    Attributes:
        words: Beginning of the names of its messages, ``cli.<name>`` unless told.
    """

    def __init__(self, *args: Any, words: str = "", **settings: Any) -> None:  # noqa: ANN401 - click's signature
        super().__init__(*args, **settings)
        self.words = words or f"cli.{self.name}"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; a refusal always knows which command it is about."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("cli.help-usage") + " ")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line."""
        pieces = [say("cli.help-options-word")]
        for param in self.get_params(ctx):
            pieces.extend(param.get_usage_pieces(ctx))
        return pieces

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        formatter.write_text(say(f"{self.words}-help"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those that every command has."""
        params = [param for param in self.get_params(ctx) if not isinstance(param, Argument)]
        for title, common in (("help-options", False), ("help-common", True)):
            chosen = [param for param in params if is_common(param) is common]
            records = [param.get_help_record(ctx) for param in chosen]
            if rows := [record for record in records if record is not None]:
                with formatter.section(say(f"cli.{title}")):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write an example, line by line as the catalogue has it."""
        with formatter.section(say("cli.help-example")):
            for line in say(f"{self.words}-example").splitlines():
                formatter.write(f"  {line}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help`` with its text in the operator's language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.option-help")
        return option


class Command(Localised):
    """One command: takes the common options too, after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's signature
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args* and refuse what is left over."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest:
            ctx.fail(say("cli.error-extra", words=" ".join(rest)))
        return rest


class LazyGroup(Localised, click.Group):
    """A group that imports a command's module only when the command is used.

    Attributes:
        package: Where the modules of its commands lie, one of each name.
        sections: The commands by the section of the help that they stand in.
        children: Beginning of the names of their messages, before each one's own name.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's signature
        package: str,
        sections: dict[str, tuple[str, ...]],
        children: str = "cli.",
        **settings: Any,  # noqa: ANN401 - click's signature
    ) -> None:
        super().__init__(*args, **settings)
        self.package = package
        self.sections = sections
        self.children = children
        self.params.extend(common_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order of the help."""
        return [name for names in self.sections.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> Localised | None:
        """Import and return the command of that name."""
        return self._load(cmd_name) if cmd_name in self.list_commands(ctx) else None

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Localised]]:
        """Import every command below: the words that lead to it, and the command."""
        for name in (name for names in self.sections.values() for name in names):
            command = self._load(name)
            yield (*above, name), command
            if isinstance(command, LazyGroup):
                yield from command.walk((*above, name))

    def _load(self, name: str) -> Localised:
        # A module cannot be called "import".
        file = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
        command: Localised = importlib.import_module(f"{self.package}.{file}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return commands, without importing any of them, and options that begin so."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self.short(name)) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def short(self, name: str) -> str:
        """Return what the command of that name does, in a few words."""
        return say(f"{self.children}{name}-short")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with, or say which name comes nearest."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            near = nearest(args[0], names)
            ctx.fail(say("cli.error-command", name=args[0]) + near)
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line."""
        return [say("cli.help-options-word"), say("cli.help-command-word")]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands first, then the options."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section of commands, without importing any of them."""
        width = max(len(name) for name in self.list_commands(ctx))
        for section, names in self.sections.items():
            rows = [(f"{name:<{width}}", self.short(name)) for name in names]
            with formatter.section(say(f"cli.section-{section}")):
                formatter.write_dl(rows)


def nearest(word: str, words: Sequence[str]) -> str:
    """Return a sentence naming the word that comes nearest, or nothing."""
    near = difflib.get_close_matches(word, words, n=1)
    return " " + say("cli.error-nearest", name=near[0]) if near else ""


def command(name: str, **settings: Any) -> Callable[[Callable[..., None]], click.Command]:  # noqa: ANN401 - click's
    """Declare the command *name*; its texts are in the catalogues, see `Localised`."""
    return click.command(name, cls=Command, **settings)


def group(name: str, **settings: Any) -> LazyGroup:  # noqa: ANN401 - click's
    """Declare a group of commands below the program, which alone shows its help."""
    return LazyGroup(name, callback=_show_help, invoke_without_command=True, **settings)


@click.pass_context
def _show_help(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def option(*names: str, **settings: Any) -> Decorator:  # noqa: ANN401 - click's
    """Declare an option; its help is the message ``cli.option-<name>``, or in another *room*."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Decorator:  # noqa: ANN401 - click's
    """Declare an argument; the usage line calls it ``cli.metavar-<name>``."""
    return click.argument(name, cls=Argument, **settings)


def common_options() -> list[click.Parameter]:
    """Make the options that stand before or after any command."""
    return [
        _common("-v", "--verbose", count=True),
        _common("-q", "--quiet", is_flag=True),
        _common("--json", is_flag=True),
        _common("--lang", type=Choice(LANGUAGES), is_eager=True),
        _common("--color", type=Choice(("auto", "always", "never"))),
    ]


def is_common(param: click.Parameter) -> bool:
    """Whether every command has this option."""
    return param.opts[-1] in COMMON


COMMON = frozenset({"--verbose", "--quiet", "--json", "--lang", "--color", "--help"})


def _common(*names: str, **settings: Any) -> click.Parameter:  # noqa: ANN401 - click's
    return Option(names, expose_value=False, callback=_remember, **settings)


def _remember(ctx: click.Context, param: click.Parameter, value: str | int | bool | None) -> None:
    session = ctx.ensure_object(Session)
    match param.name, value:
        case _, None | False | 0:
            pass
        case "verbose", int():
            session.say_more(value)
        case "quiet", _:
            session.say_more(-1)
        case "json", _:
            session.as_json = True
        case "lang", str():
            use(value)
        case "color", str():
            session.colour = ctx.color = wanted_colour(value)
