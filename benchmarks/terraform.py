"""The same cells for Terraform, of ``terraform_data``: beside what `engine` is timed."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import cells

ENVIRONMENT = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
_OPTIONS = ("-input=false", "-no-color")
_CHANGED = ("-var", "changed=true")
_SUMMARY = re.compile(r"Resources: (\d+) added, (\d+) changed, (\d+) destroyed")
_DESTROYED = re.compile(r"Resources: (\d+) destroyed")


def prepare(folder: Path, shape: str, size: int) -> None:
    """Write the configuration, and have Terraform take the folder for its own."""
    variable = 'variable "changed" {\n  type    = bool\n  default = false\n}\n'
    (folder / "main.tf").write_text(variable + "".join(_BLOCKS[shape](size)))
    command = ("terraform", "init", *_OPTIONS)
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)


def command(phase: str) -> Sequence[str]:
    """The command of a phase."""
    verb = {"preview": "plan", "destroy": "destroy"}.get(phase, "apply")
    approval = () if verb == "plan" else ("-auto-approve",)
    changed = _CHANGED if phase in {"changed", "destroy"} else ()
    return ("terraform", verb, *approval, *_OPTIONS, *changed)


def changed(size: int) -> int:
    """How many cells of *size* are changed."""
    return -(-size // cells.EVERY)


def examine(said: str, phase: str, size: int) -> None:
    """Refuse a run that did something else than it was timed for."""
    if phase == "preview":
        right = "No changes." in said
    elif phase == "destroy":
        found = _DESTROYED.search(said)
        right = found is not None and int(found[1]) == size
    else:
        wanted = {"create": (size, 0, 0), "changed": (0, changed(size), 0)}.get(phase, (0, 0, 0))
        found = _SUMMARY.search(said)
        right = found is not None and tuple(map(int, found.groups())) == wanted
    if not right:
        raise SystemExit(f"terraform {phase} did something else:\n{said[-500:]}")


def _flat(size: int) -> Iterator[str]:
    yield _counted(size)


def _chain(size: int) -> Iterator[str]:
    for number in range(size):
        after = f", after = terraform_data.cell-{number - 1}.id" if number else ""
        yield f'resource "terraform_data" "cell-{number}" {{\n'
        yield f"  input = {{ text = {_text(number)}{after} }}\n}}\n"


def _fan_in(size: int) -> Iterator[str]:
    yield _counted(size - 1)
    yield 'resource "terraform_data" "last" {\n'
    yield f"  input = {{ text = {_text(size - 1)}, after = terraform_data.cell[*].id }}\n}}\n"


_BLOCKS = {"flat": _flat, "chain": _chain, "fan-in": _fan_in}


def _counted(size: int) -> str:
    text = f'"cell ${{count.index}} as ${{var.changed && count.index % {cells.EVERY} == 0 ? '
    text += '"changed" : "made"}"'
    body = f"  count = {size}\n  input = {{ text = {text} }}\n"
    return f'resource "terraform_data" "cell" {{\n{body}}}\n'


def _text(number: int) -> str:
    if number % cells.EVERY:
        return f'"{cells.text(number, changed=False)}"'
    return f'"cell {number} as ${{var.changed ? "changed" : "made"}}"'
