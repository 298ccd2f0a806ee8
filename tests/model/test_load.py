import datetime
import json
import time
from pathlib import Path

import jsonschema
import pytest

from hue_infra.model.document import read
from hue_infra.model.load import load
from hue_infra.model.schema import province_schema

ROOT = Path(__file__).parent.parent.parent
PROVINCES = ROOT / "provinces"
HUE = PROVINCES / "hue" / "province.yaml"
MINIMAL = ROOT / "tests" / "cases" / "model" / "valid" / "minimal.yaml"
REFERENCES = sorted(PROVINCES.glob("*/province.yaml"))


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.parent.name)
def test_reference_province_is_valid(path):
    assert load(path).province.province.codename == path.parent.name


def test_hue_loads_in_a_blink(capsys):
    best = min(_seconds(HUE) for _ in range(3))
    with capsys.disabled():
        print(f"\nloading Hue: {best * 1000:.0f} ms")  # noqa: T201  a number to read, not a limit


def _seconds(path):
    start = time.perf_counter()
    load(path)
    return time.perf_counter() - start


def test_date_is_the_caller_s_then_the_file_s_then_today(tmp_path):
    undated = tmp_path / "province.yaml"
    undated.write_text(MINIMAL.read_text("utf-8").replace(", date: 2026-01-01", ""), "utf-8")
    day = datetime.date(2025, 8, 1)

    assert load(MINIMAL, day).date == day
    assert load(MINIMAL).date == datetime.date(2026, 1, 1)
    assert load(undated).date == datetime.datetime.now().date()  # noqa: DTZ005


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("sites.ioc", "  ioc: {kind: operations"),
        ("sites.dc.machines.core1", "      core1: {roles: [dns"),
        ("sites.dc.zones.dmz.kind", "      dmz: {kind: dmz, vlan: 120}"),
        ("units.commune.except.19753 Phường Phú Xuân.cameras", "      19753 Phường Phú Xuân"),
        (
            "units.commune.except.19753 Phường Phú Xuân.machines.gw",
            "      gw: {roles: [router], zone: mgmt}\n    rooms",
        ),
        ("units.commune.rooms.commune", "    rooms: {commune: 1}"),
        ("platforms.portal.hosts.0", "  portal: {chart: portal"),
        ("sites.ioc.country", "  ioc: {kind: operations"),
        ("nowhere.at.all", "province:"),
    ],
)
def test_where_finds_what_the_file_says_itself_or_by_its_class(path, line):
    text = MINIMAL.read_text("utf-8")
    expected = text[: text.index(line)].count("\n") + 1

    name, found, column = load(MINIMAL).where(path).rsplit(":", 2)

    assert (name, int(found)) == (str(MINIMAL), expected)
    assert int(column) >= 1


def test_where_gives_the_column_of_the_key():
    assert load(MINIMAL).where("sites.ioc.title").endswith(":49:27")


def test_anchors_and_merges_are_read(tmp_path):
    text = MINIMAL.read_text("utf-8")
    text = text.replace("  dc: {kind: data-centre", "  dc: &centre {kind: data-centre")
    text = text.replace("  ioc: {kind: operations,", "  ioc: {<<: *centre, kind: operations,")
    path = tmp_path / "province.yaml"
    path.write_text(text.replace(", title: Trung tâm điều hành", ""), "utf-8")

    assert load(path).province.sites["ioc"].title == "Trung tâm dữ liệu"


def test_published_schema_is_that_of_the_types():
    """Run scripts/make_schema.py after a change of the types."""
    assert (PROVINCES / "province.schema.json").read_text("utf-8") == province_schema()


@pytest.mark.parametrize("path", [*REFERENCES, MINIMAL], ids=lambda path: path.parent.name)
def test_schema_accepts_what_the_loader_accepts(path):
    jsonschema.validate(read(path).data, json.loads(province_schema()))


def test_schema_describes_every_key():
    schema = json.loads(province_schema())
    for name, part in [("Province", schema), *schema["$defs"].items()]:
        for key, spec in part.get("properties", {}).items():
            assert spec.get("description"), f"{name}.{key} has no docstring"


def test_defaults_are_written_as_the_file_would():
    """An editor puts a default into the file: a quantity is a text with its unit."""
    schema = json.loads(province_schema())
    parts = [schema, *schema["$defs"].values()]
    every = [one for part in parts for one in part.get("properties", {}).values()]
    for spec in (one for one in every if "default" in one):
        # The schema itself is checked above: not each time anew.
        whole = {**spec, "$defs": schema["$defs"]}
        jsonschema.Draft202012Validator(whole).validate(spec["default"])

    assert schema["$defs"]["MachineSpec"]["properties"]["memory"]["default"] == "2 GiB"


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.parent.name)
def test_reference_province_names_its_schema(path):
    first = path.read_text("utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../province.schema.json"
    assert (path.parent / first.partition("=")[2]).is_file()
