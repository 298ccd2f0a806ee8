import doctest

import pytest

from hue_infra import words
from hue_infra.report import numbers, svg
from hue_infra.units import Bandwidth, DataSize


@pytest.mark.parametrize("module", [numbers, svg])
def test_examples_hold(module):
    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("vi", ("66,8 Mbps", "1.396 Mbps", "12,5 Gbps", "632 TB", "34 %")),
        ("en", ("66.8 Mbps", "1,396 Mbps", "12.5 Gbps", "632 TB", "34 %")),
    ],
)
def test_figures_are_written_as_the_reader_writes_them(language, texts):
    words.use(language)

    written = (
        numbers.rate(Bandwidth(66.8)),
        numbers.rate(Bandwidth(1396.0)),
        numbers.rate(Bandwidth(12_500.0)),
        numbers.storage(DataSize(631.8)),
        numbers.percent(0.336),
    )

    assert written == texts
