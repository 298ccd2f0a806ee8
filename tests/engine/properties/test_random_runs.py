"""Random graphs, edited at random, with providers that fail and processes that die.

What must hold is in `trials.judge`. State lies in memory, with the real journal, so that a hundred
thousand examples are an hour's work; some examples have it on a disk.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from trials.graphs import GRAPHS, RUNS
from trials.lab import Lab

FEW = 60
MANY = int(os.environ.get("HUE_INFRA_EXAMPLES", "2000"))
"""CONTRIBUTING.md tells of the nightly number."""
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is none, the ordinary place serves
CONDITIONS = {
    # The ordinary run tries the same examples each time, so that a change and not chance makes it
    # fail; the nightly one looks for new ones.
    "derandomize": "HUE_INFRA_EXAMPLES" not in os.environ,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    # To explain a failure takes hundreds of examples more, and says little of bytes.
    "phases": (Phase.explicit, Phase.generate, Phase.target, Phase.shrink),
}
ANY = {
    "runs": RUNS,
    "last": GRAPHS,
    "parallel": st.sampled_from([1, 1, 4]),
    "program": st.booleans(),
}


def trial(lab, runs, last, parallel, program):
    for run, graph in runs:
        lab.run(run, graph)
    last = {key: node.docile for key, node in last.items()}
    lab.settle(last, parallel)
    lab.destroy(last, program)


@settings(max_examples=FEW, **CONDITIONS)
@given(**ANY)
def test_whatever_happens_the_program_comes_true(runs, last, parallel, program):
    trial(Lab(), runs, last, parallel, program)


@pytest.mark.slow
@settings(max_examples=MANY, **CONDITIONS)
@given(**ANY)
def test_whatever_happens_the_program_comes_true_at_length(runs, last, parallel, program):
    trial(Lab(), runs, last, parallel, program)


@pytest.mark.slow
@settings(max_examples=MANY // 20, **CONDITIONS)
@given(**ANY)
def test_whatever_happens_the_program_comes_true_on_disk(runs, last, parallel, program):
    home = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=home) as root:
        trial(Lab(Path(root)), runs, last, parallel, program)
