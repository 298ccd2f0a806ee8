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
