"""What a Pulumi.yaml says, and how it is refused: with file, line, and what was expected."""

from pathlib import Path

import pytest

from hue_infra.engine.host.project import Declared, find, fits, load
from hue_infra.errors import InputError


def test_a_project_tells_all_it_says(write):
    path = write(
        "Pulumi.yaml",
        """name: site
runtime:
  name: python
  options: {virtualenv: venv, typechecker: mypy}
main: code/
stackConfigDir: stacks
backend: {url: file://./states}
requiredPulumiVersion: ">=3.0.0"
options: {refresh: always}
config:
  region: hue
  size: {type: integer, default: 3}
  names: {type: array, items: {type: string}}
  other:token: {value: x}
plugins:
  providers:
    - {name: cloud, path: ../cloud, version: 1.2.3}
""",
    )

    found = load(path)

    assert (found.name, found.runtime, found.options["virtualenv"]) == ("site", "python", "venv")
    assert found.program == path.parent / "code"
    assert found.entry == "."
    assert found.stack_file("dev") == path.parent / "stacks" / "Pulumi.dev.yaml"
    assert (found.backend, found.required_version) == ("file://./states", ">=3.0.0")
    assert found.refresh_always
    assert found.config == {
        "region": Declared(value="hue"),
        "size": Declared("integer", default=3),
        "names": Declared("array", items=Declared("string")),
        "other:token": Declared(value="x"),
    }
    assert [(item.name, item.version) for item in found.providers] == [("cloud", "1.2.3")]


def test_a_program_may_be_a_file(write):
    write("code/start.py", "")

    found = load(write("Pulumi.yaml", "name: site\nruntime: python\nmain: code/start.py\n"))

    assert (found.program.name, found.entry) == ("code", "start.py")


def test_a_project_is_found_from_inside_it(write, tmp_path):
    write("Pulumi.yaml", "name: site\nruntime: python\n")
    inside = tmp_path / "deep" / "inside"
    inside.mkdir(parents=True)

    assert find(inside).root == tmp_path


def test_no_project_is_told_with_what_one_is():
    with pytest.raises(InputError, match="no Pulumi project in /") as refusal:
        find(Path("/"))

    assert "--cwd" in refusal.value.hint


def test_the_old_folder_of_settings_is_known(write):
    found = load(write("Pulumi.yaml", "name: site\nruntime: python\nconfig: old\n"))

    assert found.stack_file("dev").parent.name == "old"
    assert found.config == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("runtime: python\n", "Pulumi.yaml:1: the project needs a name"),
        ("name: [a]\n", "Pulumi.yaml:1: name must be text"),
        ("name: a\nconfig: {x: {type: date}}\n", "Pulumi.yaml:2: x cannot be of the kind date"),
        ("name: a\nconfig:\n  x:\n    type: array\n", "Pulumi.yaml:3: x is an array"),
        (
            "name: a\nconfig:\n  x: {type: integer, default: many}\n",
            "Pulumi.yaml:3: the default of x is not of the kind integer",
        ),
        ("name: a\nconfig:\n  b:x: {type: string}\n", "Pulumi.yaml:3: b:x is of another package"),
        ("name: a\nplugins: {providers: {}}\n", None),
        ("name: a\nplugins:\n  providers: cloud\n", "Pulumi.yaml:3: plugins.providers must be"),
        ("name: a\nplugins:\n  providers: [{name: b}]\n", "Pulumi.yaml:3: each provider"),
        ("name: a\nconfig: [x]\n", "Pulumi.yaml:2: config must be a mapping"),
        ("- name\n", "Pulumi.yaml:1: the outermost value must be a mapping"),
        ("name: a\n  b: c\n", "Pulumi.yaml:2: "),
    ],
)
def test_what_does_not_hold_together_is_told_by_line(write, text, told):
    path = write("Pulumi.yaml", text)
    if told is None:
        assert load(path).providers == ()
        return

    with pytest.raises(InputError) as refusal:
        load(path)

    assert str(refusal.value).startswith(f"{path.parent}/{told}"), str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "fitting", "other"),
    [
        ("string", ["a", ""], [1, True, None]),
        ("integer", [1, "12", "-3"], ["x", 1.5, True]),
        ("boolean", [True, "false"], ["yes", 0]),
        ("array", [["a"], []], ["a", [1]]),
        ("object", [{}], [[]]),
        ("", [1, "x", []], []),
    ],
)
def test_a_value_fits_its_declaration(kind, fitting, other):
    declared = Declared(kind, items=Declared("string"))

    assert [fits(value, declared) for value in fitting] == [True] * len(fitting)
    assert [fits(value, declared) for value in other] == [False] * len(other)
