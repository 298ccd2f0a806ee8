"""Huế at both dates, and the language set back after each test."""

import datetime
from pathlib import Path

import pytest

from hue_infra import words
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.model.load import load

HUE = Path(__file__).parents[2] / "provinces" / "hue" / "province.yaml"


@pytest.fixture(autouse=True)
def english():
    """Messages in English, whatever the machine speaks."""
    words.use("en")
    yield
    words.use("en")


def derived(date):
    loaded = load(HUE, date)
    return derive(loaded, loaded.date, Lock.empty())[0]


@pytest.fixture(scope="session")
def hue():
    return derived(datetime.date(2026, 11, 22))


@pytest.fixture(scope="session")
def hue_of_seeds():
    return derived(datetime.date(2022, 1, 5))
