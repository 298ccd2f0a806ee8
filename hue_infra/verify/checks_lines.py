"""Pytest plugin: each check that ends becomes one JSON line on standard output.

A line tells the machine, the role, the check, its title, the outcome, what was seen
and how long it took; whoever runs pytest reads them as they come.
"""

import json
import sys

import pytest

LONGEST = 400


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell of a check once: at its call, or where it ended before."""
    if report.when != "call" and report.outcome == "passed":
        return
    function, _, parameters = report.nodeid.rpartition("::")[2].partition("[")
    known = dict(report.user_properties)
    line = {
        "machine": str(known.get("machine", "")),
        "check": function.removeprefix("test_"),
        "case": parameters.removesuffix("]"),
        "role": report.nodeid.split("/checks/")[0].rpartition("/")[2],
        "title": str(known.get("title", "")),
        "outcome": report.outcome,
        "seen": "" if report.outcome == "passed" else _seen(report),
        "seconds": round(report.duration, 3),
    }
    # Pytest's own dots stand on the line before.
    sys.stdout.write("\n" + json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _seen(report: pytest.TestReport) -> str:
    lines = [line for line in str(report.longreprtext).splitlines() if line.startswith("E ")]
    return "\n".join(lines or [str(report.longreprtext)])[-LONGEST:]
