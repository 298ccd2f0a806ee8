"""Functions and modules stay small enough to be read at one sitting."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("hue_infra", "cli", "stacks", "policies", "benchmarks", "scripts")
LINES_OF_A_FUNCTION = 40
LINES_OF_A_MODULE = 400
MEDIAN = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(room: str) -> Iterator[Path]:
    """The room's own modules; rglob does not follow the links in hue_infra."""
    return (path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's place and its length without its docstring and decorators."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", length(node)


def length(node: Function) -> int:
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    text = (first.end_lineno or 0) - first.lineno + 1 if is_text and ast.get_docstring(node) else 0
    return (node.end_lineno or 0) - node.lineno + 1 - text


@pytest.mark.parametrize("room", CODE)
def test_functions_are_short(room: str) -> None:
    every = [function for path in modules(room) for function in functions(path)]

    assert [place for place, lines in every if lines > LINES_OF_A_FUNCTION] == []


@pytest.mark.parametrize("room", CODE)
def test_modules_are_short(room: str) -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in modules(room)}

    assert {str(path.relative_to(ROOT)): lines for path, lines in sizes.items()
            if lines > LINES_OF_A_MODULE} == {}  # fmt: skip


def test_most_functions_fit_in_a_glance() -> None:
    every = [lines for room in CODE for path in modules(room) for _, lines in functions(path)]

    assert len(every) > 200
    assert statistics.median(every) <= MEDIAN
