"""In which order machines in control come to another key, and what a cut leaves to the next run."""

import json
from types import SimpleNamespace

import pytest

from hue_infra.errors import RemoteError
from hue_infra.stacks import keys
from hue_infra.stacks.keys import Rotation

OLD, NEW = {"name": "first", "secret": "a"}, {"name": "key-2", "secret": "b"}


class Control:
    """Plays machines in control and the secrets that they keep in common.

    After every step each secret that is stored must be readable by all of them.
    """

    def __init__(self, *names):
        self.files = {name: [OLD] for name in names}
        self.stored = {"first"}
        self.steps = 0
        self.cut = None

    @property
    def reaches(self):
        return [{"machine": name} for name in self.files]

    def perform(self, machine, argv, given=""):
        self.steps += 1
        if self.steps == self.cut:
            raise RemoteError("cut off")
        name, deed = machine["machine"], argv[1]
        answer = ""
        if deed == "read":
            answer = json.dumps(self.files[name])
        elif deed == "new":
            answer = json.dumps(NEW)
        elif deed == "lay":
            self.files[name] = json.loads(given)
        elif deed == "rewrite":
            self.stored = set()
        # Somebody writes by each of them, all the time.
        self.stored |= {file[0]["name"] for file in self.files.values()}
        for file in self.files.values():
            assert self.stored <= {key["name"] for key in file}
        return SimpleNamespace(stdout=answer)


@pytest.fixture
def control(monkeypatch):
    def play(*names):
        made = Control(*names)
        monkeypatch.setattr(keys.reach, "perform", made.perform)
        return made

    return play


@pytest.mark.parametrize("names", [("a",), ("a", "b", "c")])
def test_secrets_can_be_read_at_every_step(control, names):
    played = control(*names)
    told = []

    assert Rotation(played.reaches, told.append).perform() == "key-2"
    assert set(map(str, played.files.values())) == {str([NEW])}
    assert played.stored == {"key-2"}
    assert not any("secret" in line and "'a'" in line for line in told)


@pytest.mark.parametrize("names", [("a",), ("a", "b", "c")])
def test_a_rotation_that_is_cut_off_anywhere_is_gone_on_with(control, names):
    whole = control(*names)
    Rotation(whole.reaches).perform()
    for cut in range(1, whole.steps + 1):
        played = control(*names)
        played.cut = cut
        with pytest.raises(RemoteError):
            Rotation(played.reaches).perform()

        Rotation(played.reaches).perform()

        assert set(map(str, played.files.values())) == {str([NEW])}, cut
        assert played.stored == {"key-2"}


def test_one_machine_needs_no_round_of_its_own_to_know_the_key(control):
    played = control("a")
    Rotation(played.reaches).perform()

    assert played.steps == len(["read", "new", "lay", "rewrite", "lay"])
