"""The examples in the docstrings of this room hold."""

import doctest
import importlib

import pytest

MODULES = ("blocks", "dns", "naming", "pool")


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    module = importlib.import_module(f"hue_infra.blueprint.{name}")

    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0
