import pytest
from hypothesis import given
from hypothesis import strategies as st

from hue_infra.blueprint.pool import Book, ExhaustedError, allocate

NAMES = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(st.lists(NAMES, max_size=8))
def test_whoever_stays_keeps_the_number(rounds):
    """Ten names and room for twenty: nobody who was there once ever gets another number."""
    book = Book()
    seen: dict[str, int] = {}
    for names in rounds:
        book = allocate(book, names, range(20))
        for name in names:
            assert seen.setdefault(name, book.held[name]) == book.held[name]
        assert len(set(seen.values())) == len(seen)


@given(st.lists(NAMES.filter(lambda names: len(names) <= 4), max_size=12))
def test_no_number_is_held_twice_when_space_is_short(rounds):
    book = Book()
    for names in rounds:
        book = allocate(book, names, range(4))
        numbers = [*book.held.values(), *book.released.values()]
        assert len(numbers) == len(set(numbers))
        assert list(book.held) == names


def test_a_freed_number_is_reused_only_when_no_fresh_one_is_left():
    book = allocate(Book(), ["a", "b"], range(3))
    book = allocate(book, ["c"], range(3))

    assert book.held == {"c": 2}

    book = allocate(book, ["c", "d"], range(3))

    assert book.held == {"c": 2, "d": 0}
    assert book.released == {"b": 1}


def test_more_owners_than_numbers_are_refused():
    with pytest.raises(ExhaustedError) as caught:
        allocate(Book(), "abc", range(2))

    assert caught.value.owner == "c"
