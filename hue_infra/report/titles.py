"""Titles in the reader's language."""

from hue_infra.blueprint.plan import Blueprint, SitePlan
from hue_infra.words import language


def title(thing: Blueprint | SitePlan) -> str:
    """What people call a province or a site."""
    return thing.title_en if language() == "en" and thing.title_en else thing.title
