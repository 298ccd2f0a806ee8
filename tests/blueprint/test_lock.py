import dataclasses

import pytest

from hue_infra.blueprint.lock import Lock
from hue_infra.errors import InputError


def test_a_lock_reads_what_it_wrote(document, plan):
    _, lock = plan(document(a={}, b={}))
    _, lock = plan(document(b={"cameras": {"street": 1}}), lock)

    assert Lock.read(lock.text()) == lock


def test_an_absent_file_is_an_empty_lock(tmp_path):
    assert Lock.load(tmp_path / "province.lock") == Lock.empty()


@pytest.mark.parametrize("text", ["", "{}", '{"format": 9}', "[]", '{"format": 1, "sites": 3}'])
def test_another_text_is_refused(tmp_path, text):
    path = tmp_path / "province.lock"
    path.write_text(text)

    with pytest.raises(InputError, match=r"province\.lock is not a lock"):
        Lock.load(path)


def test_one_more_camera_changes_one_line(document, plan):
    _, before = plan(document(a={}, b={}))
    _, after = plan(document(a={}, b={"cameras": {"street": 4}}), before)

    lines = list(zip(before.text().splitlines(), after.text().splitlines(), strict=True))

    assert sum(one != other for one, other in lines) == 1


def test_two_branches_that_took_one_prefix_are_told_apart(document, plan):
    """Each added a site to the same lock; the merged text has both at one prefix."""
    _, base = plan(document(a={}))
    _, ours = plan(document(a={}, b={}), base)
    _, theirs = plan(document(a={}, c={}), base)
    merged = dataclasses.replace(ours, sites={**ours.sites, **theirs.sites})

    with pytest.raises(InputError, match=r"gives .* to both b and c") as caught:
        plan(document(a={}, b={}, c={}), merged)

    assert "Remove c from province.lock" in caught.value.hint


def test_two_hosts_of_one_number_are_refused(document, plan):
    _, lock = plan(document(a={}))
    text = lock.text().replace('"cam-street-02": 3', '"cam-street-02": 2')

    with pytest.raises(InputError, match="both a/camera/cam-street-01 and a/camera/cam-street-02"):
        plan(document(a={}), Lock.read(text))


def test_a_zone_outside_its_site_is_refused(document, plan):
    blueprint, lock = plan(document(a={}))
    staff = next(one.ipv4 for one in blueprint.segments if one.id == "a/staff")
    text = lock.text().replace(str(staff), "10.46.28.0/26")

    with pytest.raises(InputError, match=r"keeps 10\.46\.28\.0/26 for a/staff"):
        plan(document(a={}), Lock.read(text))


def test_two_links_of_one_prefix_are_refused(document, plan):
    _, lock = plan(document(a={}, b={}))
    text = lock.text().replace('"b-1": "10.49.0.2/31"', '"b-1": "10.49.0.0/31"')

    with pytest.raises(InputError, match="to both a-1 and b-1"):
        plan(document(a={}, b={}), Lock.read(text))
