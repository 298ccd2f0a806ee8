"""Whatever an operator writes is accepted or refused in our own words, never a crash."""

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hue_infra import words
from hue_infra.errors import InputError
from hue_infra.model.document import read
from hue_infra.model.load import load

MINIMAL = Path(__file__).parent.parent / "cases" / "model" / "valid" / "minimal.yaml"
LEFT_OUT = object()
ODD = [LEFT_OUT, None, "x", "", 0, -1, 1.5, True, [], {}, ["x"], {"x": 1}, [[]], "10.0.0.0/8"]


def _paths(value, path=()):
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(inner, (*path, key))


DATA = read(MINIMAL).data


def _damaged(path, odd):
    data = copy.deepcopy(DATA)
    place = data
    for key in path[:-1]:
        place = place[key]
    if odd is LEFT_OUT:
        del place[path[-1]]
    else:
        place[path[-1]] = odd
    return data


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "province.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("language", words.LANGUAGES)
@settings(max_examples=120, deadline=None, derandomize=True)
@given(damage=st.tuples(st.sampled_from(list(_paths(DATA))), st.sampled_from(ODD)))
def test_any_damage_is_told_with_its_place(target, language, damage):
    words.use(language)
    target.write_text(json.dumps(_damaged(*damage), indent=1), "utf-8")  # JSON is YAML

    try:
        load(target)
    except InputError as refusal:
        for line in str(refusal).splitlines():
            assert re.match(rf"{re.escape(str(target))}:\d+:\d+: \S", line)
    finally:
        words._chosen.clear()
