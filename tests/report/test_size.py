import pytest

from hue_infra import words
from hue_infra.report.size import SOURCES, size, tables


def test_a_row_tells_what_a_link_carries(hue):
    """Phú Xuân: room 6.3 + (40 + 1) cameras x 2 = 82 + 40 users + 5 x 0.1 = 128.8 of 500 Mbps;
    with a quarter more of the cameras 149.3."""
    row = next(row for row in size(hue).links if row.link == "phuxuan-1")

    assert row.total.mbps == pytest.approx(128.8)
    assert row.share == pytest.approx(0.2576)
    assert row.burst_share == pytest.approx(149.3 / 500)


def test_totals_are_sums_of_the_rows(hue):
    figures = size(hue)

    assert figures.totals.cameras == sum(need.cameras for need in figures.storage)
    assert figures.totals.raw.tb == pytest.approx(sum(need.raw.tb for need in figures.storage))
    assert figures.totals.installed.tb == pytest.approx(figures.totals.raw.tb * 1.5)
    busiest = next(row for row in figures.links if row.link == figures.totals.busiest)
    assert busiest.share == max(row.share for row in figures.links)


@pytest.mark.parametrize(("language", "title"), [("vi", "Phường An Cựu"), ("en", "An Cựu ward")])
def test_the_busiest_link_is_named_by_its_site(hue, language, title):
    words.use(language)
    rows = tables(hue)[0].rows

    assert rows[-1] == (words.say("report.total-busiest"), title)


def test_all_rooms_in_one_meeting(hue):
    """44 rooms of 4 Mbps and 20 %: 211.2 Mbps; 88 ports and 10 %: 97."""
    totals = size(hue).totals

    assert totals.conference_rate.mbps == pytest.approx(211.2)
    assert totals.bridge_ports == 97


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_tables_are_whole_in_both_languages(hue, language):
    words.use(language)
    found = tables(hue)

    for table in found:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
    assert len(found[-1].rows) == len(SOURCES)


def test_alike_links_share_a_row(hue):
    links = tables(hue)[1]

    assert sum(int(row[1]) for row in links.rows) == len(hue.links)
    assert len(links.rows) < 12
    shares = [int(row[-1].split()[0]) for row in links.rows]
    assert shares == sorted(shares, reverse=True)
