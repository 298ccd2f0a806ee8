"""How a run is laid out for Ansible."""

from pathlib import Path

import pytest

from hue_infra.blueprint.configuration import RoleCall
from hue_infra.tools import ansible
from hue_infra.tools.ansible import Host, HostResult, TaskEvent

PAST_ALL_PROCESSES = 2**22 + 1
"""A number that Linux gives to no process."""


def host(name: str, *roles: str) -> Host:
    return Host(name, {"ansible_connection": "local"}, [RoleCall(role, {}) for role in roles])


def test_roles_keep_every_hosts_order() -> None:
    hosts = [host("a", "base", "pki", "logging"), host("b", "base", "routing", "pki"), host("c")]

    order = ansible.role_order(hosts)

    assert order.index("base") < order.index("routing") < order.index("pki")
    assert order.index("pki") < order.index("logging")


def test_contrary_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="differently"):
        ansible.role_order([host("a", "base", "pki"), host("b", "pki", "base")])


def test_a_role_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        ansible.role_order([host("a", "base", "base")])


def test_a_play_goes_to_those_that_call_its_role() -> None:
    plays = ansible.playbook([host("a", "base", "dns"), host("b", "base")], ("base", "dns"))

    assert [(play["name"], play["hosts"]) for play in plays[1:]] == [
        ("base", ["a", "b"]),
        ("dns", ["a"]),
    ]


def test_variables_need_their_roles_prefix() -> None:
    wrong = Host("a", {}, [RoleCall("dns", {"base_fqdn": "x"})])

    with pytest.raises(ValueError, match="prefix"):
        ansible.inventory([wrong])


def test_results_add_up() -> None:
    result = HostResult()
    for status in ("ok", "changed", "failed"):
        result = result.after(TaskEvent("a", "dns", "Write", status, 0.1, "why"))  # type: ignore[arg-type]

    assert result == HostResult(False, 1, 1, ("dns: Write",), "dns: Write: why")


@pytest.fixture
def roles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of one role that writes its variable, run on this very machine."""
    tasks = tmp_path / "package" / "roles" / "note" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "main.yml").write_text(
        "- name: Write the note\n"
        "  ansible.builtin.copy:\n"
        '    content: "{{ note_text }}"\n'
        '    dest: "{{ note_path }}"\n'
        '    mode: "0600"\n'
        "  diff: true\n"
        "- name: Keep silent\n"
        "  ansible.builtin.command: 'false'\n"
        "  no_log: true\n"
        "  when: note_fail\n"
    )
    monkeypatch.setattr(ansible, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(ansible, "WARM_PLACE", str(tmp_path / "warm"))
    return tmp_path


def converge(
    directory: Path, *, check: bool = False, fail: bool = False
) -> tuple[HostResult, list[TaskEvent]]:
    variables = {
        "note_text": "{{ 7 * 6 }} canary",
        "note_path": str(directory / "note"),
        "note_fail": fail,
    }
    python = {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}
    heard: list[TaskEvent] = []
    results = ansible.converge(
        [Host("here", python, [RoleCall("note", variables)])],
        directory / "home",
        check=check,
        on_event=heard.append,
    )
    return results["here"], heard


@pytest.mark.slow
def test_a_run_tells_what_changed_and_leaves_nothing_behind(roles: Path) -> None:
    killed = roles / "home" / "runs" / f"ansible-{PAST_ALL_PROCESSES}-x"
    killed.mkdir(parents=True)
    (killed / "inventory.json").write_text("{}")

    checked, _ = converge(roles, check=True)
    first, heard = converge(roles)
    second, _ = converge(roles)

    assert checked.changed_tasks == first.changed_tasks == ("note: Write the note",)
    assert (second.ok, second.changed) == (True, 0)
    assert (roles / "note").read_text() == "{{ 7 * 6 }} canary"
    assert [event.task for event in heard if event.status == "changed"] == ["Write the note"]
    assert list((roles / "home" / "runs").iterdir()) == []


@pytest.mark.slow
def test_a_hidden_failure_is_told_without_its_words(roles: Path) -> None:
    result, _ = converge(roles, fail=True)

    assert (result.ok, result.failed) == (False, 1)
    assert result.message == "note: Keep silent: (hidden)"
