"""Tell a playbook run as JSON lines on standard output, one an event.

Loaded by Ansible itself; `hue_infra.tools.ansible` reads the lines.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Protocol

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: hue_events
type: stdout
short_description: JSON lines for hue-infra
description: One JSON object a line for every play begun and every task ended on a host.
"""

TAIL = 600


class Named(Protocol):
    """A play, or a host."""

    def get_name(self) -> str:
        """Its name."""


class Task(Protocol):
    """What this needs of Ansible's task."""

    _uuid: str
    name: str
    action: str
    no_log: bool


class Result(Protocol):
    """What this needs of Ansible's result of a task on a host."""

    _host: Named
    _task: Task
    _result: dict[str, object]


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible ships no types
    """Writes each event as it comes; what a task hides (no_log) stays hidden."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "hue_events"

    def __init__(self) -> None:
        super().__init__()
        self._began: dict[tuple[str, str], float] = {}

    def v2_playbook_on_play_start(self, play: Named) -> None:
        """A role begins."""
        _write(event="role", role=play.get_name())

    def v2_runner_on_start(self, host: Named, task: Task) -> None:
        """A task begins on a host."""
        self._began[host.get_name(), task._uuid] = time.monotonic()  # noqa: SLF001 - no public name

    def v2_runner_on_ok(self, result: Result) -> None:
        """A task did what it should."""
        self._ended(result, "changed" if result._result.get("changed") else "ok")  # noqa: SLF001 - no public name

    def v2_runner_on_skipped(self, result: Result) -> None:
        """A task had nothing to do here."""
        self._ended(result, "skipped")

    def v2_runner_on_failed(self, result: Result, ignore_errors: bool = False) -> None:
        """A task failed."""
        self._ended(result, "ok" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: Result) -> None:
        """The host did not answer."""
        self._ended(result, "unreachable")

    def _ended(self, result: Result, status: str) -> None:
        host, task = result._host.get_name(), result._task  # noqa: SLF001 - no public name
        began = self._began.pop((host, task._uuid), None)  # noqa: SLF001 - as above
        _write(
            event="task",
            host=host,
            task=task.name or task.action,
            status=status,
            seconds=round(time.monotonic() - began, 3) if began else 0.0,
            message=_message(result) if status in {"failed", "unreachable"} else "",
        )


def _message(result: Result) -> str:
    said = result._result  # noqa: SLF001 - no public name
    if result._task.no_log or said.get("_ansible_no_log") or "censored" in said:  # noqa: SLF001 - as above
        return "(hidden)"
    items = said.get("results")
    failed = [item for item in items if item.get("failed")] if isinstance(items, list) else []
    return "; ".join(_words(one) for one in failed or [said])


def _words(said: dict[str, object]) -> str:
    parts = [str(said.get(key) or "").strip() for key in ("msg", "stderr")]
    return " - ".join(part[-TAIL:] for part in parts if part)


def _write(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
