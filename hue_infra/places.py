"""Where files lie: the cache, each stack's home, the operator's key files."""

import os
from pathlib import Path


def cache() -> Path:
    """Artefacts that can be made again: base images, built programs.  Safe to delete."""
    return _place("HUE_INFRA_CACHE", "XDG_CACHE_HOME", ".cache")


def home(stack: str) -> Path:
    """All that belongs to one stack: ``state/``, ``lab/``, ``evidence/``, ``runs/``."""
    return _place("HUE_INFRA_HOME", "XDG_STATE_HOME", ".local/state") / stack


def config() -> Path:
    """The operator's key files; never the directory that holds the state they open."""
    return _place("HUE_INFRA_CONFIG", "XDG_CONFIG_HOME", ".config")


def _place(own: str, xdg: str, default: str) -> Path:
    if chosen := os.environ.get(own):
        return Path(chosen)
    base = os.environ.get(xdg)
    return (Path(base) if base else Path.home() / default) / "hue-infra"
