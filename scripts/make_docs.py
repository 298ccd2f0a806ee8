"""Write the pages of ``docs/`` that are made from the code; a test holds them up to date.

    python scripts/make_docs.py

What each page is made from: ``commands.md`` from the commands and both catalogues,
``province-file.md`` from the types of the province file, ``rules.md`` from the rules,
``engine.md`` from what the engine accepts and refuses, ``roles.md`` from each role's
argument specification, ``hanging.md`` from the catalogues, ``images/`` from the reference
province.
"""

import datetime
import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import click
from pulumi.runtime.proto import resource_pb2
from ruamel.yaml import YAML

from hue_infra import errors
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.cli.localised import Argument, LazyGroup, Localised, Option, is_common
from hue_infra.cli.main import main
from hue_infra.engine import checkpoint, refusals
from hue_infra.model.load import load
from hue_infra.model.schema import province_schema
from hue_infra.policies.gate import rules
from hue_infra.policies.rule import Citation, Provenance, Rule
from hue_infra.report.diagram import diagram
from hue_infra.words import language, say_in, use

sys.path.insert(0, str(Path(__file__).parent))
import engine_support
import hanging_causes

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LANGUAGES = ("vi", "en")
PICTURE_DAY = datetime.date(2026, 11, 22)
"""The pictures show the province of this day, for today's would differ tomorrow."""
WORDS = {
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "date": "day",
    "ipv4network": "IPv4 range",
    "ipv6network": "IPv6 range",
}
"""Types and formats of the schema, as a reader of YAML calls them."""
NOTICE = "<!-- Made by scripts/make_docs.py: change what it is made from, then run it again. -->"


def page(title: str, *parts: str) -> str:
    """A generated page."""
    return "\n\n".join((f"# {title}", NOTICE, *(text.strip("\n") for text in parts))) + "\n"


def part(name: str) -> str:
    """What a page says before its tables, written by hand in ``docs/parts``."""
    return (DOCS / "parts" / f"{name}.md").read_text("utf-8").strip()


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; line breaks and bars in cells are made harmless."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# Commands


def commands_page() -> str:
    """Each command with its options, in both languages."""
    with click.Context(main, info_name="hue-infra") as top:
        parts = [part("commands"), _overview(main)]
        for words, command in main.walk():
            with click.Context(command, info_name=words[-1], parent=top) as ctx:
                parts.append(_command(ctx, command, " ".join(words)))
            if isinstance(command, LazyGroup):
                parts.append(_overview(command, " ".join([*words, ""])))
        common = [param for param in main.params if is_common(param)]
        parts.append("## Options of every command\n\n" + _options(top, common))
    return page("Commands", *parts, "## Exit codes\n\n" + _exit_codes())


def _overview(group: LazyGroup, path: str = "") -> str:
    """The commands of a group, in a line each; *path* stands before their names."""
    rows = [
        (
            f"[`{path}{name}`](#{path.replace(' ', '-')}{name})",
            *(say_in(code, f"{group.children}{name}-short") for code in LANGUAGES),
        )
        for names in group.sections.values()
        for name in names
    ]
    return table(("Command", "Tiếng Việt", "English"), rows)


def _command(ctx: click.Context, command: Localised, name: str) -> str:
    words = [param.make_metavar(ctx) for param in command.params if isinstance(param, Argument)]
    usage = " ".join(["hue-infra", name, *(word.strip("[]") for word in words)])
    own = [param for param in command.params if isinstance(param, Option)]
    options = _options(ctx, [param for param in own if not is_common(param)])
    told = [say_in(code, f"{command.words}-help") for code in LANGUAGES]
    example = say_in("en", f"{command.words}-example").strip()
    heading = "#" * (2 + name.count(" "))
    return "\n\n".join(
        text
        for text in (f"{heading} {name}", f"`{usage}`", *told, options, f"```sh\n{example}\n```")
        if text
    )


def _options(ctx: click.Context, params: Iterable[click.Parameter]) -> str:
    rows = [
        (_written(param, ctx), *(say_in(code, param.message) for code in LANGUAGES))
        for param in params
        if isinstance(param, Option)
    ]
    return table(("Option", "Tiếng Việt", "English"), rows) if rows else ""


def _written(option: Option, ctx: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else f" `{option.make_metavar(ctx)}`"
    default = option.default
    shown = isinstance(default, str | int) and not isinstance(default, bool) and value
    return names + value + (f" (`{default}`)" if shown else "")


def _exit_codes() -> str:
    found: dict[int, list[str]] = {1: ["our own bug"], 2: ["a mistyped command line"]}
    for kind in vars(errors).values():
        own = isinstance(kind, type) and issubclass(kind, errors.HueError)
        if own and "exit_code" in vars(kind) and kind is not errors.HueError:
            words = (kind.__doc__ or "").strip().rstrip(".")
            found.setdefault(kind.exit_code, []).append(words[0].lower() + words[1:])
    found = {0: ["done"], **found, 130: ["interrupted"]}
    rows = [(str(code), "; ".join(dict.fromkeys(told))) for code, told in sorted(found.items())]
    return table(("Code", "Means"), rows)


# The province file


def province_page() -> str:
    """Every key of the province file, from the schema that editors use."""
    schema = json.loads(province_schema())
    defs = {"Province": schema, **schema["$defs"]}
    sections = (_section(name, defs[name]) for name in _reached(defs))
    return page("The province file", part("province-file"), *sections)


def _reached(defs: Mapping[str, object]) -> list[str]:
    """Names of parts in the order in which a reader of the file meets them."""
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            found.append(name)
            for other in _references(defs[name]):
                visit(other)

    visit("Province")
    return found


def _references(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        if "$ref" in tree:
            yield str(tree["$ref"]).rpartition("/")[2]
        for key, value in tree.items():
            if key != "$defs":
                yield from _references(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from _references(item)


def _section(name: str, spec: Mapping[str, object]) -> str:
    told = " ".join(str(spec.get("description", "")).replace("``", "`").split())
    if "enum" in spec:
        words = ", ".join(f"`{word}`" for word in cast("list[object]", spec["enum"]))
        return f"## {name}\n\n{told}\n\nOne of {words}."
    required = set(cast("list[str]", spec.get("required", [])))
    properties = cast("Mapping[str, Mapping[str, object]]", spec.get("properties", {}))
    if not properties:
        examples = ", ".join(f"`{item}`" for item in cast("list[object]", spec.get("examples", [])))
        return f"## {name}\n\n{told}" + (f"\n\nFor example {examples}." if examples else "")
    rows = [
        (
            f"`{key}`",
            _kind(one),
            "required" if key in required else _default(one),
            str(one.get("description", "")),
        )
        for key, one in properties.items()
    ]
    return f"## {name}\n\n{told}\n\n" + table(("Key", "Value", "Default", "Meaning"), rows)


def _kind(spec: Mapping[str, object]) -> str:
    """What may stand there, in words."""
    if "$ref" in spec:
        name = str(spec["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in spec:
        options = cast("list[Mapping[str, object]]", spec["anyOf"])
        return " or ".join(_kind(one) for one in options if one.get("type") != "null")
    if "enum" in spec:
        return ", ".join(f"`{word}`" for word in cast("list[object]", spec["enum"]))
    if spec.get("type") == "object":
        inner = spec.get("additionalProperties", spec.get("patternProperties"))
        return "by name: " + _inner(inner) if inner not in (None, True, False) else "any keys"
    if spec.get("type") == "array":
        return "list of " + _inner(spec.get("items") or spec.get("prefixItems"))
    return _scalar(spec)


def _inner(spec: object) -> str:
    if isinstance(spec, list):
        return " and ".join(_kind(one) for one in spec)
    tree = cast("Mapping[str, object]", spec)
    known = {"$ref", "anyOf", "type", "enum"} & tree.keys()
    return _kind(tree if known else cast("Mapping[str, object]", next(iter(tree.values()))))


def _scalar(spec: Mapping[str, object]) -> str:
    told = WORDS.get(str(spec.get("format", spec.get("type"))), "text")
    lowest, above, highest = (spec.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if highest is not None:
        told += f", {lowest} to {highest}" if above is None else f", above {above}, to {highest}"
    elif lowest is not None:
        told += f", {lowest} or more"
    examples = cast("list[str]", spec.get("examples", []))
    return told + (f" such as `{examples[0]}`" if examples else "")


def _default(spec: Mapping[str, object]) -> str:
    """What holds where the file says nothing."""
    default = spec.get("default")
    if isinstance(default, bool):
        return "yes" if default else "no"
    is_told = isinstance(default, int | float) or (default and not isinstance(default, dict))
    return f"`{default}`" if is_told else ""


# Rules


def rules_page() -> str:
    """Each rule: what it asks, why, how to mend, and where it stands in law."""
    every = rules(())
    overview = [
        (
            f"[{rule.id.upper()}](#{rule.id})",
            rule.title_in("vi"),
            rule.title_in("en"),
            rule.severity.value,
            "yes" if rule.mandatory else "no",
        )
        for rule in every
    ]
    headings = ("Rule", "Tiếng Việt", "English", "Severity", "Stops `up`")
    return page("Rules", part("rules"), table(headings, overview), *(_rule(one) for one in every))


def _rule(rule: Rule) -> str:
    looked = {"the declared province": rule.declared, "each resource": rule.resource}
    facts = (
        f"Severity {rule.severity.value}, for security levels "
        + ", ".join(str(level) for level in rule.levels)
        + "; looks at "
        + " and at ".join(words for words, check in looked.items() if check)
        + "."
    )
    told = [
        f"- {label}: {say_in(code, f'policies.{rule.id}-{word}')}"
        for code, labels in (("vi", ("Lý do", "Khắc phục")), ("en", ("Why", "To mend")))
        for word, label in zip(("why", "mend"), labels, strict=True)
    ]
    head = f"## {rule.id}\n\n**{rule.title_in('vi')}** · {rule.title_in('en')}"
    headings = ("Document", "Clause", "Known by", "In force", "Checked on")
    cited = table(headings, [_citation(one) for one in rule.citations])
    return "\n\n".join((head, facts, "\n".join(told), cited))


def _citation(citation: Citation) -> tuple[str, ...]:
    begun = f"from {citation.valid_from}" if citation.valid_from else ""
    ended = f"before {citation.valid_to}" if citation.valid_to else ""
    known = citation.provenance
    shown = known.value if known is Provenance.TEXT else f"{known.value} – check before use"
    span = f"{begun} {ended}".strip()
    return citation.document, citation.clause, shown, span, str(citation.checked_on)


# The engine


def engine_page() -> str:
    """What of Pulumi the embedded engine does, and what it refuses by name."""
    fields = [field.name for field in resource_pb2.RegisterResourceRequest.DESCRIPTOR.fields]
    taken = ", ".join(f"`{name}`" for name in fields if name not in refusals.OPTIONS)
    rows = [(f"`{option}`", f"`{field}`") for field, option in refusals.OPTIONS.items()]
    features = [engine_support.listed(names) for names in engine_support.features()]
    return page(
        "The embedded engine",
        part("engine"),
        "## Calls of the protocol\n\n"
        + table(("Service", "Answered", "Refused"), engine_support.calls()),
        "## Features of the protocol\n\n" + table(("Announced", "Not announced"), [features]),
        "## Fields of a registration that it takes\n\n" + taken + ".",
        "## Options that it refuses\n\n" + table(("Option in Python", "Field on the wire"), rows),
        "## What else it refuses by name\n\n"
        + "\n".join(f"- `{feature}`" for feature in sorted(set(engine_support.refused())))
        + "\n\nAn … stands for what the program has written there.",
        "## Keys of a resource's state that it reads and writes\n\n"
        + engine_support.listed(sorted(checkpoint.KNOWN))
        + ".\nA state with any other key is refused, not trimmed.",
    )


# Roles


def roles_page() -> str:
    """A row for each role: what it is for, and where its inputs are told."""
    rows = []
    for folder in sorted(
        path.parent.parent for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")
    ):
        specs = YAML(typ="safe").load(folder / "meta" / "argument_specs.yml")["argument_specs"][
            "main"
        ]
        options = specs.get("options", {})
        needed = ", ".join(f"`{key}`" for key, option in options.items() if option.get("required"))
        link = f"[`{folder.name}`](../roles/{folder.name}/README.md)"
        rows.append((link, specs["short_description"], str(len(options)), needed))
    return page("Roles", part("roles"), table(("Role", "For", "Inputs", "Required"), rows))


# Pictures


def picture(code: str) -> str:
    """The drawing of the reference province in one language."""
    before = language()
    path = ROOT / "provinces" / "hue" / "province.yaml"
    lock = path.with_name("province.lock")
    try:
        use(code)
        loaded = load(path, PICTURE_DAY)
        blueprint, _ = derive(
            loaded, PICTURE_DAY, Lock.load(lock) if lock.exists() else Lock.empty()
        )
        return diagram(blueprint)
    finally:
        use(before)


# What hangs


def hanging_page() -> str:
    """Why a rollout hangs: each sentence with its cure, in both languages."""
    told = table(("Tiếng Việt", "English"), hanging_causes.rows(LANGUAGES))
    return page("Why a rollout hangs", part("hanging"), told)


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "province-file.md": province_page,
    "rules.md": rules_page,
    "engine.md": engine_page,
    "roles.md": roles_page,
    "hanging.md": hanging_page,
    "images/hue.svg": functools.partial(picture, "vi"),
    "images/hue.en.svg": functools.partial(picture, "en"),
}

if __name__ == "__main__":
    use("en")
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), "utf-8")
        print(DOCS / name)
