"""Ctrl-C in a real process: the first stops in good order, the second at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PLAY = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("play", sys.argv.pop(1))
play = importlib.util.module_from_spec(spec); sys.modules["play"] = play
spec.loader.exec_module(play)
from hue_infra.cli import opening
from hue_infra.cli.main import main

class Stopping(play.Deployment):
    stopped = False
    def stop(self):
        self.stopped = True
    def _play(self, on_event):
        print("begun", file=sys.stderr, flush=True)
        while not self.stopped or STUBBORN:
            time.sleep(0.01)
        return play.outcome(())

opening.opened = lambda chosen, ask: Stopping()
main()
"""


@pytest.fixture
def running():
    """Start `up` in a process and wait until its run is under way."""
    started = []

    def start(*, stubborn):
        code = PLAY.replace("STUBBORN", str(stubborn))
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, Path(__file__).with_name("conftest.py"), "up", "-y"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HUE_INFRA_LANG": "en"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert any("begun" in line for line in process.stderr)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_first_interrupt_stops_in_good_order(running):
    process = running(stubborn=False)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "the steps under way are brought to their end" in said
    assert "run “hue-infra up” again" in said


def test_the_second_interrupt_ends_at_once(running):
    process = running(stubborn=True)
    process.send_signal(signal.SIGINT)
    assert "Ctrl-C again" in process.stderr.readline()
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "Interrupted." in said
