"""What a look at the province's own resources comes to."""

import pytest
from issuing import NAMES, Authority, text

from hue_infra import words
from hue_infra.lab import Lab
from hue_infra.providers import certificates, reach
from hue_infra.providers.clusters import ArtefactsProvider
from hue_infra.providers.configuration import ConfigurationProvider
from hue_infra.providers.lab import ForwardProvider, MachineProvider, NetworkProvider
from hue_infra.providers.resource import DRIFT, seen
from hue_infra.tools.run import Completed


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])


def test_what_is_as_it_was_made_stays_as_recorded() -> None:
    look = seen("a", {"name": "a", "made": 1}, [], ["made"])

    assert (look.id, look.outs, look.inputs) == ("a", {"name": "a", "made": 1}, None)


def test_what_is_otherwise_stands_among_inputs_and_outputs_until_it_is_right_again() -> None:
    look = seen("a", {"name": "a", "made": 1}, ["it is closed"], ["made"])

    assert look.outs == {"name": "a", "made": 1, DRIFT: ["it is closed"]}
    assert look.inputs == {"name": "a", DRIFT: ["it is closed"]}
    again = seen("a", look.outs, [], ["made"])
    assert again.outs == {"name": "a", "made": 1}
    assert again.inputs == {"name": "a"}


def test_a_machine_that_was_found_otherwise_is_configured_again() -> None:
    props = {"machine": {}, "order": [], "roles": {}, "content": "x", "instance": "1"}
    provider = ConfigurationProvider()

    assert not provider.diff("a", props, props).changes
    assert provider.diff("a", {**props, DRIFT: ["base: Write"]}, props).changes


def test_what_the_lab_lacks_is_no_deletion(tmp_path) -> None:
    """An update makes it again; a state that has lost it would no more know of it."""
    lab = {"lab": str(tmp_path / "lab")}
    nic = {"name": "eth0", "segment": "dc-core", "addresses": ["10.0.0.1/24"]}
    machine = {**lab, "name": "m1", "hostname": "m1", "base": "b", "nics": [nic], "gateways": [],
               "kubernetes": False, "instance": "i"}  # fmt: skip

    looks = {
        "it does not run": MachineProvider().read("m1", machine),
        "zones that are missing: dc-core": NetworkProvider().read(
            "dc", {**lab, "name": "dc", "segments": ["dc-core"]}
        ),
        "it is closed": ForwardProvider().read("door", {**lab, "name": "door", "port": 1}),
    }

    for sentence, look in looks.items():
        assert look.id
        assert look.outs[DRIFT] == [sentence]
    assert "instance" not in looks["it does not run"].inputs
    assert not Lab(tmp_path / "lab").directory.exists()


def test_a_machine_that_does_not_run_is_not_looked_into(tmp_path) -> None:
    props = {"name": "m1", "machine": reach.in_lab(tmp_path / "lab", "m1")}

    with pytest.raises(Exception, match="m1 is not running"):
        ConfigurationProvider().read("m1", props)


def test_programs_that_the_cache_lost_are_named(tmp_path) -> None:
    here = tmp_path / "kube"
    here.touch()
    variables = {
        "kubernetes_program": str(here),
        "kubernetes_images": [{"archive": str(tmp_path / "pause.tar")}],
    }

    look = ArtefactsProvider().read("1", {"version": "1", "variables": variables, "portal": "x"})

    assert look.outs[DRIFT] == ["missing in the cache: pause.tar"]


# Certificates


def looked_at(monkeypatch, chain: str, root: str):
    """What a look at a certificate tells, and whether the next `up` issues it again."""
    said = Completed(("cat",), 0, root, "")
    monkeypatch.setattr(certificates.reach, "perform", lambda *_: said)
    wanted = {"names": list(NAMES), "authority": {}}
    provider = certificates.CertificateProvider()
    look = provider.read("1", {**wanted, "chain": chain, "key": "k"})
    return look.outs.get(DRIFT), provider.diff("1", look.outs, wanted).changes


def test_a_certificate_that_is_due_is_issued_again_and_is_no_drift(monkeypatch) -> None:
    """What the cluster shows may have been renewed there."""
    authority = Authority()
    root = text(authority.certificate)

    assert looked_at(monkeypatch, authority.issued(10)[0], root) == (None, False)
    assert looked_at(monkeypatch, authority.issued(61)[0], root) == (None, True)


def test_a_certificate_of_another_authority_is_told(monkeypatch) -> None:
    chain, _ = Authority().issued(10)

    drift, changes = looked_at(monkeypatch, chain, text(Authority().certificate))

    assert drift == ["the province's authority is not the one that issued it"]
    assert changes
