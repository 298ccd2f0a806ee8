"""A small province made by hand, and Huế as its file tells it."""

import copy
import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hue_infra import words
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.plan import Blueprint
from hue_infra.model.load import load
from hue_infra.model.province import Province

TODAY = datetime.date(2026, 11, 22)
SEEDS = datetime.date(2022, 1, 5)
HUE = Path(__file__).parents[2] / "provinces" / "hue"


@dataclass(frozen=True)
class Told:
    """A province that says of a key path where it stands: the path itself."""

    province: Province

    def where(self, source):
        return f"province.yaml:{source}"


def data(**sites: dict[str, Any]) -> dict[str, Any]:
    """A province of a data centre and the *sites* given: office by default."""
    zones = {
        "mgmt": {"kind": "management", "vlan": 10, "hosts": 14},
        "staff": {"kind": "internal", "vlan": 20},
        "conference": {"kind": "conference", "vlan": 40, "hosts": 6},
        "camera": {"kind": "camera", "vlan": 50},
    }
    centre = copy.deepcopy(zones) | {
        "border": {"kind": "border", "vlan": 110, "hosts": 6},
        "dmz": {"kind": "dmz", "vlan": 120, "hosts": 6},
        "server": {"kind": "server", "vlan": 130},
        "database": {"kind": "database", "vlan": 140},
    }
    office = {
        "uplink": {"capacity": "200 Mbps"},
        "zones": zones,
        "machines": {
            "gw": {"roles": ["router"], "zone": "mgmt"},
            "edge": {"roles": ["edge"], "zone": "staff"},
        },
        "rooms": {"hall": 1},
        "cameras": {"street": 3},
        "users": 40,
        "voice_lines": 5,
    }
    machines = {
        "fw1": {"roles": ["router"], "zone": "mgmt"},
        "core1": {"roles": ["dns", "time", "pki"], "zone": "server"},
        "core2": {"roles": ["dns", "time", "log"], "zone": "server"},
        "k8s1": {"roles": ["kubernetes"], "zone": "dmz"},
        "db1": {"roles": ["edge"], "zone": "database"},
    }
    named = {"dc": {"kind": "centre", "title": "Trung tâm dữ liệu"}}
    named |= {name: {"kind": "office", "title": name, **site} for name, site in sites.items()}
    return {
        "province": {"code": "46", "codename": "hue", "domain": "hue.gov.vn", "organ": "H57"},
        "allocations": {
            "ipv4": ["10.46.0.0/19"],
            "transit": "10.49.0.0/26",
            "published": "192.0.2.0/28",
            "ipv6": "2001:db8:46::/48",
            "pods": ["10.244.0.0/16", "fd46:57:244::/56"],
            "services": ["10.96.0.0/16", "fd46:57:96::/112"],
        },
        "camera_classes": {
            "street": {"megapixels": 2, "codec": "h265", "fps": 15, "purpose": "street"}
        },
        "room_classes": {"hall": {"resolution": "1080p"}},
        "site_classes": {
            "centre": {"access": "data-centre", "zones": centre, "machines": machines},
            "office": office,
        },
        "sites": named,
        "data_centre": {"racks": {"R01": {}}, "servers": {}},
        "clusters": {"shared": {"site": "dc", "control_plane": ["k8s1"]}},
        "platforms": {
            "portal": {
                "chart": "portal",
                "cluster": "shared",
                "level": 3,
                "hosts": ["portal.hue.gov.vn"],
                "published": True,
            }
        },
        "images": {"allowed": ["registry.hue.gov.vn"]},
    }


def told(document: dict[str, Any]) -> Told:
    return Told(Province.model_validate(document))


def blueprint_of(document: dict[str, Any], lock: Lock | None = None) -> tuple[Blueprint, Lock]:
    return derive(told(document), TODAY, lock or Lock.empty())


@pytest.fixture(autouse=True)
def english():
    """Messages in English, whatever the machine speaks."""
    words.use("en")


@pytest.fixture(scope="session")
def hue():
    """Huế of today."""
    loaded = load(HUE / "province.yaml", TODAY)
    return derive(loaded, loaded.date, Lock.empty())[0]


@pytest.fixture(scope="session")
def hue_of_seeds():
    """Thừa Thiên Huế as the seeds tell it: four levels of government."""
    loaded = load(HUE / "province.yaml", SEEDS)
    return derive(loaded, loaded.date, Lock.empty())[0]


@pytest.fixture(scope="session")
def document():
    """Makes the hand-made province's file as data; sites by name."""
    return data


@pytest.fixture(scope="session")
def plan():
    """Derives from such data: the blueprint and the lock."""
    return blueprint_of
