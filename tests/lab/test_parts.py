"""What needs no privilege: specs, sources, hierarchies, preflight's sentences."""

import os

import pytest

from hue_infra.errors import InputError
from hue_infra.lab import (
    LinkEnd,
    LinkSpec,
    MachineSpec,
    Nic,
    base,
    cgroups,
    layout,
    preflight,
    specs,
)
from hue_infra.tools import debian

SOURCES = """Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb deb-src
URIs: http://mirror.example/security
Suites: bookworm-security

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
"""


def test_the_hosts_own_mirror_is_used_for_the_suite(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(SOURCES)
    (tmp_path / "sources.list").write_text(
        "deb [arch=amd64 x=y] http://other.example nodistro main\n"
    )
    found = [line.split()[2:4] for line in debian.sources(base.SUITE, tmp_path)]

    assert found == [
        ["http://mirror.example/debian", "bookworm"],
        ["http://mirror.example/debian", "bookworm-updates"],
        ["http://mirror.example/security", "bookworm-security"],
    ]


def test_old_one_line_sources_are_understood(tmp_path):
    lines = (
        "# x",
        "deb http://old.example/debian/ bookworm main",
        "deb-src http://src bookworm main",
    )
    (tmp_path / "sources.list").write_text("\n".join(lines))
    assert [line.split()[2] for line in debian.sources(base.SUITE, tmp_path)] == [
        "http://old.example/debian/"
    ]


def test_a_host_of_another_distribution_leaves_the_mirror_to_mmdebstrap(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")

    assert debian.sources(base.SUITE, tmp_path) == []


def test_the_list_of_packages_names_the_image():
    names = base.packages()
    assert "systemd-sysv" in names
    assert not [name for name in names if " " in name or name.startswith("#")]
    assert base.key() == base.key()
    assert base.key().startswith("bookworm-")


@pytest.mark.parametrize(
    "spec",
    [
        MachineSpec(
            "a",
            "a.hue.lan",
            "b",
            (Nic("eth0", "s", ("10.0.0.1/24",)),),
            ("10.0.0.2",),
            kubernetes=True,
        ),
        MachineSpec("a", "a", "b"),
    ],
)
def test_a_machine_spec_survives_its_file(spec):
    assert specs.machine_from_json(specs.to_json(spec)) == spec


def test_a_link_spec_survives_its_file():
    spec = LinkSpec("l", LinkEnd("a", "x", ("10.0.0.1/30",)), LinkEnd("b", "y", ()), 200.0)
    assert specs.link_from_json(specs.to_json(spec)) == spec


@pytest.mark.parametrize("name", ["", "_host", "a/b", "..", "a-", "A", "a" * 64, "a b", "máy"])
def test_a_name_that_could_leave_its_place_is_refused(name):
    with pytest.raises(InputError):
        specs.check_name(name)


def test_a_long_name_still_makes_an_interface_name_of_its_own():
    names = [specs.short("br", f"commune-phu-vang-cameras-{n}") for n in range(2)]
    assert names[0] != names[1]
    assert max(map(len, names)) <= specs.INTERFACE_LENGTH
    assert specs.short("br", "core") == "br-core"


def test_labs_side_by_side_have_different_names(tmp_path):
    assert layout.at(tmp_path / "a").group != layout.at(tmp_path / "b").group
    assert layout.at(tmp_path / "a" / ".." / "b") == layout.at(tmp_path / "b")


def test_both_arrangements_of_control_groups_are_told_apart():
    pure = cgroups.mounted("cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n")
    mixed = cgroups.mounted(
        "cgroup /c/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0\n"
        "cgroup /c/systemd cgroup rw,xattr,name=systemd 0 0\n"
        "cgroup2 /c/unified cgroup2 rw 0 0\n"
    )
    assert (str(pure.unified), pure.legacy) == ("/sys/fs/cgroup", ())
    assert [name for name, _ in mixed.legacy] == ["cpu,cpuacct", "name=systemd"]
    assert str(mixed.unified) == "/c/unified"


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setitem(preflight.PROGRAMS, "no-such-program", "its-package")
    assert "its-package" in preflight.missing_packages()


def test_an_ordinary_user_is_told_to_use_sudo(monkeypatch, tmp_path):
    monkeypatch.setenv("HUE_INFRA_LANG", "en")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    problems = preflight.problems(tmp_path / "lab")
    assert len(problems) == 1
    assert "sudo" in problems[0]
    assert not (tmp_path / "lab").exists()
