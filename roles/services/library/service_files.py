#!/usr/bin/python
"""Have units of systemd run with the files that are written for them.

Source of the states: systemd, man systemctl, "is-enabled" and "show".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: service_files
short_description: Units of systemd that run with the files written for them
description:
  - A unit takes its files up when one of them is another than it took up last.
  - Every unit runs, and starts with the machine, unless its kind has nothing to be enabled.
author: hue-infra maintainers
options:
  units:
    description: Units, each with the files that it reads.
    type: list
    elements: dict
    required: true
    suboptions:
      unit:
        description: Name of the unit, such as chrony.service.
        type: str
        required: true
      verb:
        description: What has it take its files up; one that does not run is started.
        type: str
        choices: [restart, reload]
        default: restart
      files:
        description: Files that it reads, among them its own.
        type: list
        elements: path
        required: true
  marks:
    description: Directory in which it is kept what each unit took up last.
    type: path
    default: /var/lib/misc
"""

EXAMPLES = r"""
- service_files:
    units:
      - { unit: chrony.service, files: [/etc/chrony/chrony.conf] }
"""

RETURN = r"""
taken_up:
  description: Units that take files up.
  type: list
  returned: always
enabled:
  description: Units that start with the machine from now on.
  type: list
  returned: always
started:
  description: Units that did not run.
  type: list
  returned: always
"""

COMMANDS = {"restart": "restart", "reload": "reload-or-restart"}
RUNNING = ("active", "activating", "reloading")
NOT_ENABLED = ("disabled", "")
"""Nothing is said of a unit that is only about to be written."""


class State(NamedTuple):
    """Whether a unit runs, and whether it starts with the machine, as systemd calls it."""

    active: str
    file: str


@dataclass(frozen=True)
class Unit:
    """A unit with the files that it reads, and where it is kept which of them it took up last."""

    name: str
    verb: str
    files: Sequence[Path]
    marks: Path

    @property
    def mark(self) -> Path:
        """The file in which that is kept."""
        return self.marks / f"{self.name}.{self.verb}ed"

    @property
    def taken_up(self) -> str:
        """What it took up last, as `seen`; nothing if it never did."""
        return self.mark.read_text("utf-8") if self.mark.exists() else ""

    def seen(self) -> str:
        """Name, moment of writing and size of each file that is there, a line each."""
        found = [(path, path.lstat()) for path in self.files if path.exists()]
        return "".join(f"{path} {one.st_mtime_ns} {one.st_size}\n" for path, one in found)

    def remember(self, text: str) -> None:
        """Keep what it took up, whole or not at all."""
        part = self.mark.with_name(f"{self.mark.name}.new")
        part.write_text(text, "utf-8")
        part.chmod(0o644)
        part.replace(self.mark)


@dataclass
class Run:
    """One call of the module, and what it did or in check mode would do."""

    module: AnsibleModule
    units: Sequence[Unit]
    taken_up: list[str] = field(default_factory=list)
    enabled: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def perform(self) -> None:
        """Enable what is not, have files taken up, start what does not run."""
        due = [unit for unit in self.units if unit.taken_up != unit.seen()]
        self.taken_up = [unit.name for unit in due]
        self.enabled = [name for name, one in self.states().items() if one.file in NOT_ENABLED]
        if self.module.check_mode:
            self.started = self.idle()
            return
        if due or self.enabled:
            self.systemctl("daemon-reload")
        if self.enabled:
            # It may give a unit other names, by which its socket knows it.
            self.systemctl("enable", *self.enabled)
        for unit in due:
            # What is written while it starts is taken up by the next run.
            text = unit.seen()
            self.systemctl(COMMANDS[unit.verb], unit.name)
            unit.remember(text)
        self.started = self.idle()
        if self.started:
            self.systemctl("start", *self.started)

    def idle(self) -> list[str]:
        """Units that do not run, and that nothing has just been done to."""
        return [
            name
            for name, one in self.states().items()
            if one.active not in RUNNING and name not in self.taken_up
        ]

    def states(self) -> Mapping[str, State]:
        """How each unit is."""
        names = list(dict.fromkeys(unit.name for unit in self.units))
        said = self.systemctl("show", "--property=ActiveState,UnitFileState", *names)
        blocks = [
            dict(line.split("=", 1) for line in block.splitlines())
            for block in said.strip().split("\n\n")
        ]
        found = [State(one["ActiveState"], one["UnitFileState"]) for one in blocks]
        return dict(zip(names, found, strict=True))

    def systemctl(self, *words: str) -> str:
        """What systemctl answers; its refusal ends the task."""
        code, out, err = self.module.run_command(["systemctl", *words])
        if code:
            said = (err or out).strip()
            self.module.fail_json(msg=f"systemctl {' '.join(words)}: {said}", rc=code)
        return str(out)


def main() -> None:
    """Do what is asked, or in check mode say what would be."""
    unit = {
        "unit": {"type": "str", "required": True},
        "verb": {"type": "str", "choices": list(COMMANDS), "default": "restart"},
        "files": {"type": "list", "elements": "path", "required": True},
    }
    module = AnsibleModule(
        argument_spec={
            "units": {"type": "list", "elements": "dict", "required": True, "options": unit},
            "marks": {"type": "path", "default": "/var/lib/misc"},
        },
        supports_check_mode=True,
    )
    marks = Path(module.params["marks"])
    units = [
        Unit(one["unit"], one["verb"], [Path(path) for path in one["files"]], marks)
        for one in module.params["units"]
    ]
    missing = [str(path) for one in units for path in one.files if not path.exists()]
    if missing and not module.check_mode:
        module.fail_json(msg=f"not there to be read by a unit: {', '.join(missing)}")
    run = Run(module, units)
    run.perform()
    done = {"taken_up": run.taken_up, "enabled": run.enabled, "started": run.started}
    module.exit_json(changed=any(done.values()), **done)


if __name__ == "__main__":
    main()
