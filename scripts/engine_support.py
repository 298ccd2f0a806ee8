"""What the engine answers, announces and refuses, read off its code for the page about it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from pulumi.runtime.proto import engine_pb2, resource_pb2

from hue_infra.engine.features import FEATURES
from hue_infra.engine.monitor import EngineService, MonitorService

ROOT = Path(__file__).resolve().parent.parent


def calls() -> list[tuple[str, str, str]]:
    """For each service, the calls that its object answers and those that it has no method for."""
    services = (
        (MonitorService, resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"]),
        (EngineService, engine_pb2.DESCRIPTOR.services_by_name["Engine"]),
    )
    rows = []
    for served, described in services:
        names = [method.name for method in described.methods]
        done = [name for name in names if hasattr(served, name)]
        left = [name for name in names if name not in done]
        rows.append((f"`{described.name}`", listed(done), listed(left)))
    return rows


def features() -> tuple[list[str], list[str]]:
    """The features of the protocol: those announced, and the others."""
    known = resource_pb2.ResourceMonitorFeature.items()
    names = {number: name.removeprefix("RESOURCE_MONITOR_FEATURE_") for name, number in known}
    announced = sorted(FEATURES.values())
    return (
        [names[number] for number in announced],
        [name for number, name in names.items() if number not in announced],
    )


def refused() -> Iterator[str]:
    """Whatever the engine's code hands to `feature_error`, or says to be refused."""
    for path in sorted((ROOT / "hue_infra/engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (found := _spelled(node)) is not None:
                yield _names(ast.unparse(found))


def _spelled(call: ast.Call) -> ast.expr | None:
    """The feature that *call* refuses, where the code spells it; else None."""
    function = ast.unparse(call.func).rpartition(".")[2]
    first = call.args[0] if call.args else None
    if function == "feature_error":
        found = first
    elif function == "say" and ast.unparse(first or call) == repr("deployment.feature-refused"):
        found = next((item.value for item in call.keywords if item.arg == "feature"), None)
    else:
        return None
    return found if isinstance(found, ast.Constant | ast.JoinedStr) else None


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def _names(expression: str) -> str:
    """The words of a string or f-string; what is filled in stands as …."""
    node = ast.parse(expression, mode="eval").body
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in parts)
