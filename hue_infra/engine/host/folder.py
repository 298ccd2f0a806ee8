"""A program folder written for Pulumi, run unchanged by its own Python in a process of its own."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hue_infra.engine import version_range
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host import interpreter, runner
from hue_infra.engine.host.interpreter import Interpreter
from hue_infra.engine.host.process import PATIENCE, Process
from hue_infra.engine.host.project import Project
from hue_infra.engine.host.station import Station
from hue_infra.engine.monitor import ORGANIZATION
from hue_infra.engine.urns import ROOT_TYPE, make
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

PYTHON: Final = "python"
_GLANCE: Final = 0.1
"""Seconds between two looks at whether the run was stopped."""


@dataclass(frozen=True, slots=True)
class ProgramFolder:
    """The program of a project; see `hue_infra.engine.api.ProgramSource`."""

    project: Project

    def run(self, deployment: Deployment) -> bool:
        """Run the program against *deployment*; whether it came to its end."""
        deployment.directory = self.project.program.resolve()
        deployment.root = self.project.root.resolve()
        try:
            return self._run(deployment)
        except (EngineError, InputError) as error:
            deployment.fail(_root(deployment), error)
            deployment.stop()
            return False

    def _run(self, deployment: Deployment) -> bool:
        if self.project.required_version:
            version_range.require(self.project.required_version)
        python = self._interpreter(deployment)
        self._check_types(python, deployment)
        environment = {**python.environment, **_configuration(deployment)}
        process = Process(
            self._command(python, deployment),
            self.project.program,
            environment,
            lambda line: deployment.reporter.log("info", line, _root(deployment)),
        )
        process.follow()
        try:
            _await(process, deployment)
        finally:
            process.end(0 if deployment.broken else PATIENCE)
        return _ended(process, deployment)

    def _interpreter(self, deployment: Deployment) -> Interpreter:
        if self.project.runtime != PYTHON:
            problem = say("deployment.feature-refused", feature=f"runtime: {self.project.runtime}")
            raise self.project.file.error(problem, "runtime")
        if not self.project.program.is_dir():
            problem = say("host.no-main", main=self.project.main)
            raise self.project.file.error(problem, "main")
        python = interpreter.choose(self.project.root, self.project.options)
        if python.missing:
            text = say("host.no-virtualenv", folder=python.missing)
            deployment.reporter.log("warning", text, _root(deployment))
        return python

    def _check_types(self, python: Interpreter, deployment: Deployment) -> None:
        checker = interpreter.checker(self.project.options)
        if not checker:
            return
        if not interpreter.has_module(python, checker):
            raise EngineError(say("host.no-typechecker", checker=checker))
        process = Process(
            interpreter.checking(python, checker, self.project.program),
            self.project.program,
            python.environment,
            lambda line: deployment.reporter.log("info", line, _root(deployment)),
        )
        process.follow()
        process.wait()
        if process.code:
            raise EngineError(say("host.types-wrong", checker=checker))

    def _command(self, python: Interpreter, deployment: Deployment) -> tuple[str, ...]:
        address = deployment.shared(Station).address
        given = {
            "monitor": address,
            "engine": address,
            "project": deployment.stack.project,
            "stack": deployment.stack.name,
            "organization": ORGANIZATION,
            "root_directory": str(self.project.root),
            "pwd": str(self.project.program),
            "parallel": str(deployment.options.parallel),
        }
        options = [text for name, value in given.items() for text in (f"--{name}", value)]
        dry = ("--dry_run",) if deployment.preview else ()
        script = str(Path(runner.__file__).resolve())
        return (str(python.python), "-u", script, *options, *dry, self.project.entry)


def _configuration(deployment: Deployment) -> dict[str, str]:
    """The variables by which the SDK learns the configuration; arguments could be seen by all."""
    options = deployment.options
    return {
        "PULUMI_CONFIG": json.dumps(dict(options.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(options.secret_config)),
    }


def _await(process: Process, deployment: Deployment) -> None:
    """Wait for the end of the program; a stopped run gives it a moment to see that by itself."""
    deadline: float | None = None
    while not process.wait(_GLANCE):
        if deadline is None and deployment.stopped and not deployment.busy:
            deadline = time.monotonic() + PATIENCE
        if deadline is not None and time.monotonic() > deadline:
            return


def _ended(process: Process, deployment: Deployment) -> bool:
    """Whether the program came to its end; if not, the run has an error that says why."""
    if process.code == 0:
        return True
    told = deployment.stopped or process.code == runner.TOLD
    deployment.stop()
    if not told:
        text = say("host.program-exited", code=str(process.code))
        deployment.reporter.log("error", text, _root(deployment))
    return False


def _root(deployment: Deployment) -> str:
    """The URN of the stack, whose messages a program's are."""
    stack = deployment.stack
    return make(stack.name, stack.project, "", ROOT_TYPE, f"{stack.project}-{stack.name}")
