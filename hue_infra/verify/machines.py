"""Every machine is as its roles make it: the checks beside the roles, run by testinfra."""

import json
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from hue_infra.blueprint.configuration import role_calls
from hue_infra.errors import ToolError
from hue_infra.tools.run import stream
from hue_infra.tools.scratch import scratch
from hue_infra.verify.report import Check, Verdict, now
from hue_infra.verify.subject import Subject

ROLES = Path(__file__).resolve().parent.parent / "roles"
VERDICTS: dict[str, Verdict] = {"passed": "passed", "failed": "failed", "skipped": "skipped"}
END = None
SOME_FAILED = "short test summary info"


def verify(subject: Subject) -> Iterator[Check]:
    """Run the checks of every role on every machine that has it, telling of each as it ends."""
    lines: queue.Queue[str | None] = queue.Queue()
    with scratch(subject.home, "verify") as folder:
        variables = folder / "variables.json"
        variables.write_text(json.dumps(role_variables(subject)), "utf-8")
        runner = threading.Thread(target=_run, args=(_argv(subject, variables), lines))
        runner.start()
        while (line := lines.get()) is not END:
            yield from _check(subject, line)
        runner.join()


def role_variables(subject: Subject) -> dict[str, dict[str, dict[str, object]]]:
    """Each machine, as testinfra names it, with its roles and their variables."""
    blueprint = subject.blueprint
    return {
        subject.host_name(machine): {
            call.role: call.variables for call in role_calls(blueprint, machine, kubernetes={})
        }
        for machine in blueprint.machines
    }


def _argv(subject: Subject, variables: Path) -> list[str | Path]:
    hosts = ",".join(subject.host_spec(machine) for machine in subject.blueprint.machines)
    plugins = ("hue_infra.verify.checks_plugin", "hue_infra.verify.checks_lines")
    return [
        *(sys.executable, "-P", "-m", "pytest", "-q", "-s", "--no-header", "--tb=short"),
        *("-c", "/dev/null", "--rootdir", ROLES, "-p", "no:cacheprovider"),
        *(word for plugin in plugins for word in ("-p", plugin)),
        *("--import-mode=importlib", f"--hosts={hosts}", f"--role-variables={variables}"),
        *sorted(ROLES.glob("*/checks")),
    ]


def _run(argv: list[str | Path], lines: "queue.Queue[str | None]") -> None:
    try:
        stream(argv, lines.put)
    except ToolError as failed:
        # A failed check fails pytest too, and has told of itself; anything else must be told.
        if SOME_FAILED not in str(failed):
            lines.put(json.dumps({"broken": str(failed)}))
    finally:
        lines.put(END)


def _check(subject: Subject, line: str) -> Iterator[Check]:
    told = _told(line)
    if "broken" in told:
        yield Check("machine:checks", told["broken"], "", "failed", told["broken"])
    # What a check skips does not concern the machine, such as the log server's on its clients.
    if "check" not in told or told["outcome"] == "skipped":
        return
    names = {subject.host_name(machine): machine.name for machine in subject.blueprint.machines}
    machine = names.get(told["machine"], told["machine"])
    # Pytest's case is the machine, and after a hyphen what the check itself is about.
    case = told["case"].rpartition("://")[2].removeprefix(told["machine"]).strip("-")
    name = f"machine:{told['role']}:{told['check']}" + (f":{case}" if case else "")
    yield Check(
        id=name,
        what=told["title"],
        where=machine,
        verdict=VERDICTS[told["outcome"]],
        detail=told["seen"],
        command=f"testinfra {told['role']}/{told['check']}",
        at=now().isoformat(),
        seconds=float(told["seconds"]),
    )


def _told(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
