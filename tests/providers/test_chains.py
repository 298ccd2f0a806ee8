"""Which certificate follows which, when one is due, whose it is."""

import datetime

import pytest
from issuing import NAMES, Authority, text

from hue_infra.providers import chains


@pytest.fixture(scope="module")
def authority():
    return Authority()


def first(chain):
    leaf, end, _ = chain.partition("-----END CERTIFICATE-----\n")
    return leaf + end


def test_a_later_one_for_the_same_names_follows_and_an_older_one_does_not(authority):
    old, old_key = authority.issued(60)
    new, key = authority.issued(0, days=30)

    assert chains.is_successor(new, key, old)
    assert chains.is_successor(*authority.issued(0, names=(NAMES[0], *NAMES[::-1][:1])), old)
    assert not chains.is_successor(old, old_key, new)
    assert not chains.is_successor(old, old_key, old)


def test_one_of_other_names_another_authority_or_another_key_does_not_follow(authority):
    old, old_key = authority.issued(60)
    new, key = authority.issued(0)
    forged, forged_key = Authority().issued(0)

    assert not chains.is_successor(*authority.issued(0, names=NAMES[:1]), old)
    assert not chains.is_successor(*authority.issued(0, names=(*NAMES, "ca.hue.gov.vn")), old)
    assert not chains.is_successor(forged, forged_key, old)
    # Under the true authority's certificate, which everybody has.
    assert not chains.is_successor(first(forged) + text(authority.certificate), forged_key, old)
    assert not chains.is_successor(new, old_key, old)
    assert not chains.is_successor("nothing", key, old)
    assert not chains.is_successor(new, key, "nothing")


def test_it_is_due_with_less_than_a_third_left(authority):
    chain, _ = authority.issued(0)
    now = datetime.datetime.now(datetime.UTC)
    minute = datetime.timedelta(minutes=1)

    assert not chains.is_due(chain, now + datetime.timedelta(days=60) - minute)
    assert chains.is_due(chain, now + datetime.timedelta(days=60) + minute)
    assert chains.is_due("nothing")


def test_a_chain_is_of_the_authority_that_ends_it(authority):
    chain, _ = authority.issued(0)

    assert chains.is_from(chain, text(authority.certificate))
    assert chains.is_from(first(chain), text(authority.certificate))
    assert not chains.is_from(chain, text(Authority().certificate))
    assert not chains.is_from("nothing", text(authority.certificate))
