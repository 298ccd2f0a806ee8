import dataclasses
import xml.etree.ElementTree as ET

import pytest

from hue_infra import words
from hue_infra.report import svg
from hue_infra.report.diagram import diagram

SVG = "{http://www.w3.org/2000/svg}"


def drawn(blueprint):
    return ET.fromstring(diagram(blueprint).partition("\n")[2])  # noqa: S314  our own text


def texts(root):
    return [one.text or "" for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("province", ["hue", "hue_of_seeds"])
def test_every_site_is_drawn_once_with_its_figures(request, province):
    blueprint = request.getfixturevalue(province)
    tips = [one.text or "" for one in drawn(blueprint).iter(f"{SVG}title")]

    for site in blueprint.sites:
        if site.access != "data-centre":
            assert sum(f"({site.domain})" in tip for tip in tips) == 1
    for link in blueprint.links:
        assert any(f"{link.id}: " in tip for tip in tips)


@pytest.mark.parametrize("province", ["hue", "hue_of_seeds"])
def test_everything_lies_inside_the_picture(request, province):
    root = drawn(request.getfixturevalue(province))
    width, height = float(root.get("width")), float(root.get("height"))
    for one in root.iter(f"{SVG}rect"):
        if one.get("width") != "100%":
            assert (
                0 <= float(one.get("x")) <= float(one.get("x")) + float(one.get("width")) <= width
            )
            assert (
                0 <= float(one.get("y")) <= float(one.get("y")) + float(one.get("height")) <= height
            )


@pytest.mark.parametrize("province", ["hue", "hue_of_seeds"])
def test_no_two_cards_overlap(request, province):
    blueprint = request.getfixturevalue(province)
    found = cards(drawn(blueprint))

    assert len(found) == len(blueprint.sites)
    assert_apart(found)


def cards(root):
    return [
        tuple(float(one.get(name)) for name in ("x", "y", "width", "height"))
        for one in root.iter(f"{SVG}rect")
        if one.get("class") in {"card", "lab", "head"} and float(one.get("height")) > 50
    ]


def assert_apart(places):
    for number, (x, y, width, height) in enumerate(places):
        for left, top, wide, high in places[number + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y


def test_many_sites_of_the_province_stand_in_rows(hue):
    """Ten sites of the province's own: three rows, each fed, none over another."""
    sites = tuple(
        dataclasses.replace(site, tier=None) if number < 11 else site
        for number, site in enumerate(hue.sites)
    )
    blueprint = dataclasses.replace(hue, sites=sites)

    assert_apart(cards(drawn(blueprint)))
    assert len(cards(drawn(blueprint))) == len(sites)


def test_titles_fit_their_tiles(hue, hue_of_seeds):
    for title in {site.title_en for site in (*hue.sites, *hue_of_seeds.sites) if site.tier}:
        shown = svg.fitted(title, 132, 11.5)
        assert svg.measure(shown) * 11.5 <= 132


SIZES = {"h1": 15, "h3": 12.5}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_number_of_units_ends_before_their_tiles(hue, language):
    words.use(language)
    said = words.say("report.units-commune", count=40)
    (found,) = (one for one in drawn(hue).iter(f"{SVG}text") if one.text == said)

    assert svg.measure(said) * SIZES[found.get("class")] <= 178


def test_each_zone_of_the_data_centre_shows_its_prefix(hue):
    shown = texts(drawn(hue))

    for segment in hue.segments:
        if segment.site == "dc":
            assert str(segment.ipv4) in shown
            assert str(segment.ipv6) in shown
            assert f"VLAN {segment.vlan}" in shown


def test_it_speaks_both_languages(hue):
    english = texts(drawn(hue))
    words.use("vi")
    vietnamese = texts(drawn(hue))

    assert "Phú Xuân ward" in english
    assert "Phường Phú Xuân" in vietnamese
    assert not set(english) & {"Phường Phú Xuân", "máy chủ"}


def test_a_title_with_markup_is_escaped(hue):

    site = dataclasses.replace(hue.sites[1], title="<script>&", title_en="<script>&")
    blueprint = dataclasses.replace(hue, sites=(hue.sites[0], site, *hue.sites[2:]))

    assert "<script>&" in texts(drawn(blueprint))
