"""The settings of a stack: read with defaults, changed in place, secrets encrypted."""

import pytest

from hue_infra.engine.host.settings import Setting, effective, encrypted, with_defaults
from hue_infra.errors import EngineError, InputError


def plain(settings, crypter):
    return {key: setting.text for key, setting in settings.values(crypter).items()}


def test_values_come_as_texts_objects_as_json(stack_of, crypter):
    settings = stack_of(
        "config:\n  region: hue\n  aws:token: x\n  site:size: 3\n  on: true\n  day: 2022-01-05\n"
        "  half: 0.5\n  servers: [{name: web, ports: [80, 443]}]\n"
    )

    assert plain(settings, crypter) == {
        "site:region": "hue",
        "aws:token": "x",
        "site:size": "3",
        "site:on": "true",
        "site:day": "2022-01-05",
        "site:half": "0.5",
        "site:servers": '[{"name":"web","ports":[80,443]}]',
    }


def test_secrets_are_opened_also_inside_objects(stack_of, crypter):
    secure = f"{{secure: {crypter.encrypt('hush')}}}"
    settings = stack_of(f"config:\n  key: {secure}\n  box: {{open: 1, key: {secure}}}\n")

    assert settings.values(crypter) == {
        "site:key": Setting("hush", secret=True),
        "site:box": Setting('{"key":"hush","open":1}', secret=True, is_object=True),
    }


def test_another_passphrase_is_told_by_line(stack_of, crypter):
    settings = stack_of("config:\n  region: hue\n  key:\n    secure: v1:AAAAAAAAAAAAAAAA:AAAA\n")

    with pytest.raises(InputError, match=r"Pulumi\.dev\.yaml:3: "):
        settings.values(crypter)


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        ("", "a", "1", "config:\n  site:a: '1'\n"),
        ("config:\n  a: 1  # kept\n", "site:a", "2", "config:\n  a: '2' # kept\n"),
        ("config:\n  site:a: 1\n", "b:config:c", "x", "config:\n  site:a: 1\n  b:c: x\n"),
    ],
)
def test_an_outermost_value_is_text(stack_of, before, key, value, after):
    settings = stack_of(before)

    settings.set(key, value)

    assert settings.file.path.read_text().split() == after.split()


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        ("", "a.b", "1", {"a": '{"b":1}'}),
        ("", "a[0]", "x", {"a": '["x"]'}),
        ("", 'a["b.c"]', "true", {"a": '{"b.c":true}'}),
        ("config:\n  a: {b: 1}\n", "a.c.d", "-4", {"a": '{"b":1,"c":{"d":-4}}'}),
        ("config:\n  a: [x]\n", "a[1]", "007", {"a": '["x","007"]'}),
        ("config:\n  a: text\n", "a.b", "1", {"a": '{"b":1}'}),
        ("", "other:a.b", "x", {"other:a": '{"b":"x"}'}),
        ("", "a", "1", {"a": "1"}),
    ],
)
def test_a_path_leads_into_objects_and_lists(stack_of, crypter, before, key, value, after):
    settings = stack_of(before)

    settings.set(key, value, path=True)

    wanted = {name if ":" in name else f"site:{name}": text for name, text in after.items()}
    assert plain(settings, crypter) == wanted
    assert settings.get(key, crypter, path=True).text == value
    again = stack_of(settings.file.path.read_text())
    assert plain(again, crypter) == wanted


@pytest.mark.parametrize(
    ("before", "key", "told"),
    [
        ("config:\n  a: {b: text}\n", "a.b.c", "leads through"),
        ("config:\n  a: [x]\n", "a[2]", "past a list's end"),
        ("config:\n  a: [x]\n", "a.b", "leads through"),
        ("", "a.secure", "would be taken for an encrypted value"),
        ("", "[0]", "is no key"),
        ("", "a:b:c", "is no key"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(stack_of, before, key, told):
    settings = stack_of(before)

    with pytest.raises(InputError, match=told):
        settings.set(key, "x", path=True)

    assert not settings.file.path.exists() or settings.file.path.read_text() == before


def test_a_secret_inside_an_object_stays_encrypted(stack_of, crypter):
    settings = stack_of()

    settings.set("box.key", encrypted("hush", crypter), path=True)

    assert "hush" not in settings.file.path.read_text()
    assert settings.get("box", crypter) == Setting('{"key":"hush"}', secret=True, is_object=True)
    assert settings.get("box.key", crypter, path=True) == Setting("hush", secret=True)


@pytest.mark.parametrize(
    ("key", "path", "left"),
    [
        ("a", False, {"site:b": '{"c":1,"d":[2,3]}'}),
        ("b.c", True, {"site:a": "1", "site:b": '{"d":[2,3]}'}),
        ("b.d[0]", True, {"site:a": "1", "site:b": '{"c":1,"d":[3]}'}),
    ],
)
def test_what_is_removed_is_gone_and_the_rest_stays(stack_of, crypter, key, path, left):
    settings = stack_of("config:\n  a: 1\n  b:\n    c: 1\n    d: [2, 3]\n")

    assert settings.remove(key, path=path)
    assert not settings.remove("nothing", path=path)
    assert plain(settings, crypter) == left
    assert plain(stack_of(settings.file.path.read_text()), crypter) == left


def test_a_file_without_settings_has_no_empty_mapping(stack_of):
    settings = stack_of("config:\n  a: 1\n")

    settings.remove("a")

    assert "config" not in settings.file.path.read_text()


def test_the_project_gives_what_the_stack_does_not(stack_of, crypter):
    declared = (
        "config:\n  region: hue\n  size: {type: integer, default: 3}\n"
        "  hosts: {type: array, items: {type: string}, default: [a, b]}\n"
        "  key: {type: string, secret: true}\n"
    )
    settings = stack_of("config:\n  size: 5\n", declared)

    assert {key: one.text for key, one in with_defaults(settings, crypter).items()} == {
        "site:size": "5",
        "site:region": "hue",
        "site:hosts": '["a","b"]',
    }
    assert settings.get("hosts[1]", crypter, path=True).text == "b"
    assert settings.get("region", crypter).text == "hue"
    assert settings.get("key", crypter) is None


def test_all_that_does_not_fit_is_told_at_once(stack_of, crypter):
    declared = (
        "config:\n  size: {type: integer}\n  key: {type: string, secret: true}\n"
        "  name: {type: string}\n"
    )
    settings = stack_of("config:\n  size: many\n  key: open\n", declared)

    with pytest.raises(InputError) as refusal:
        effective(settings, crypter)

    lines = [line.rpartition("/")[2] for line in str(refusal.value).splitlines()]
    assert [line.partition(": ")[0] for line in lines] == [
        "Pulumi.dev.yaml:2",
        "Pulumi.dev.yaml:3",
        "Pulumi.yaml:6",
    ]
    assert "lacks the setting name" in lines[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("environment: [prod]\n", "Pulumi.dev.yaml:1: this engine does not support environment"),
        ("config: {}\nsecretsprovider: awskms://key\n", "Pulumi.dev.yaml:2: "),
        ("encryptedkey: abc\n", "does not support encryptedkey"),
    ],
)
def test_what_needs_a_service_is_refused_by_name(stack_of, text, told):
    with pytest.raises(InputError, match=told):
        stack_of(text)


def test_the_salt_is_kept_once(stack_of):
    settings = stack_of("config:\n  a: 1\n")

    settings.keep_salt("v1:a:b")
    written = settings.file.path.stat().st_mtime_ns
    settings.keep_salt("v1:a:b")

    assert settings.file.path.stat().st_mtime_ns == written
    assert stack_of(settings.file.path.read_text()).salt == "v1:a:b"


def test_a_damaged_secret_of_a_key_is_an_error_of_the_file(stack_of, crypter):
    settings = stack_of("config:\n  a:\n    secure: nonsense\n")

    with pytest.raises((InputError, EngineError), match=r"dev\.yaml:2"):
        settings.get("a", crypter)


def test_a_file_keeps_who_may_read_it(stack_of):
    settings = stack_of("config:\n  a: 1\n")
    settings.file.path.chmod(0o640)

    settings.set("a", "2")

    assert settings.file.path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_as_any_other(stack_of, write):
    settings = stack_of()

    settings.set("a", "2")

    assert settings.file.path.stat().st_mode == write("other", "").stat().st_mode
