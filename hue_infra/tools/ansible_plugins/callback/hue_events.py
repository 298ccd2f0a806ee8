"""Tell a playbook run as JSON lines on standard output, one an event.

Loaded by Ansible itself; `hue_infra.tools.ansible` reads the lines.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from ansible.plugins.callback import CallbackBase

if TYPE_CHECKING:
    from ansible.executor.task_result import CallbackTaskResult

DOCUMENTATION = """
name: hue_events
type: stdout
short_description: JSON lines for hue-infra
description: One JSON object a line for every play begun and every task ended on a host.
"""

TAIL = 600


class CallbackModule(CallbackBase):
    """Writes each event as it comes; what a task hides (no_log) stays hidden."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "hue_events"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._began: dict[tuple[str, str], float] = {}

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A role begins."""
        _write(event="role", role=play.get_name())

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A task begins on a host."""
        self._began[host.get_name(), task._uuid] = time.monotonic()  # noqa: SLF001 - no public name

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        """A task did what it should."""
        self._ended(result, "changed" if _said(result).get("changed") else "ok")

    def v2_runner_on_skipped(self, result: CallbackTaskResult) -> None:
        """A task had nothing to do here."""
        self._ended(result, "skipped")

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:  # noqa: FBT001, FBT002 - Ansible's signature
        """A task failed."""
        self._ended(result, "ok" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: CallbackTaskResult) -> None:
        """The host did not answer."""
        self._ended(result, "unreachable")

    def _ended(self, result: CallbackTaskResult, status: str) -> None:
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


def _said(result: CallbackTaskResult) -> dict[str, Any]:
    found: dict[str, Any] = result._result  # noqa: SLF001 - no public name
    return found


def _message(result: CallbackTaskResult) -> str:
    said = _said(result)
    if result._task.no_log or said.get("_ansible_no_log") or "censored" in said:  # noqa: SLF001
        return "(hidden)"
    failed = [item for item in said.get("results", ()) if item.get("failed")]
    return "; ".join(_words(one) for one in failed or [said])


def _words(said: dict[str, Any]) -> str:
    parts = [str(said.get(key) or "").strip() for key in ("msg", "stderr")]
    return " - ".join(part[-TAIL:] for part in parts if part)


def _write(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
