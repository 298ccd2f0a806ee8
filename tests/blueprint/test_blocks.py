import itertools
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hue_infra.blueprint.blocks import GrowthError, length_for, place
from hue_infra.blueprint.pool import ExhaustedError

SITE = IPv4Network("10.46.0.0/22")


@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(25, 30)), max_size=5))
def test_blocks_are_disjoint_and_stay(rounds):
    """Six blocks of at most a /25 always fit a /22."""
    known: dict[str, IPv4Network] = {}
    for lengths in rounds:
        wanted = {
            name: min(length, known[name].prefixlen) if name in known else length
            for name, length in lengths.items()
        }
        try:
            blocks, kept = place(SITE, known, wanted)
        except GrowthError:
            continue
        for name, block in blocks.items():
            assert block.subnet_of(SITE)
            assert block.prefixlen == wanted[name] or block == known[name]
            if name in known:
                assert block.network_address == known[name].network_address
        known = {name: one for name, one in known.items() if name in kept} | blocks
        ordered = sorted(known.values())
        assert not any(a.overlaps(b) for a, b in itertools.pairwise(ordered))


def test_a_block_grows_upwards_where_it_lies():
    known = {"a": IPv4Network("10.46.0.0/26")}

    blocks, _ = place(SITE, known, {"a": 25})

    assert blocks == {"a": IPv4Network("10.46.0.0/25")}


def test_a_block_whose_neighbour_is_taken_cannot_grow():
    known = {"a": IPv4Network("10.46.0.0/26"), "b": IPv4Network("10.46.0.64/26")}

    with pytest.raises(GrowthError):
        place(SITE, known, {"a": 25, "b": 26})


def test_a_full_site_is_refused():
    with pytest.raises(ExhaustedError):
        place(SITE, {}, dict.fromkeys("abcde", 24))


def test_lengths_count_every_address():
    assert [length_for(n) for n in (4, 5, 256, 257, 1024)] == [30, 29, 24, 23, 22]
