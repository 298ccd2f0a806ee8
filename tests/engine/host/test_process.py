"""What another process prints is told, line by line, however late it is read."""

import os
import sys
import time

import pytest

from hue_infra.engine.host.process import Process


@pytest.fixture
def told():
    return []


@pytest.fixture
def begin(tmp_path, told):
    begun = []

    def begin(program, tell=told.append):
        begun.append(Process([sys.executable, "-c", program], tmp_path, os.environ, tell))
        return begun[-1]

    yield begin
    for process in begun:
        process.end()


def test_catches_up_with_what_is_told_late(begin, told):
    def late(line):
        time.sleep(0.05)
        told.append(line)

    process = begin("import time; print('1\\n2\\n3\\n4', flush=True); time.sleep(60)", late)
    process.follow()
    while not told:
        time.sleep(0.001)

    process.catch_up()

    assert told == ["1", "2", "3", "4"]


def test_tells_lines_of_any_kind_and_the_last_one_without_an_end(begin, told):
    process = begin("import os; os.write(1, b'Hu\\xe1\\xba\\xbf\\r\\n\\xff\\n\\nend')")
    process.follow()

    assert process.wait(10)
    assert told == ["Huế", "\ufffd", "", "end"]
    assert process.tail == "Huế\n\ufffd\n\nend"


def test_gives_the_first_line_apart(begin, told):
    process = begin("print(' 4711 \\nmore')")

    assert process.first_line(10) == "4711"
    assert process.wait(10)
    assert told == ["more"]


@pytest.mark.parametrize(
    ("program", "seconds"), [("pass", 10), ("import time; time.sleep(60)", 0.2)]
)
def test_gives_nothing_where_nothing_is_said(begin, program, seconds):
    assert begin(program).first_line(seconds) == ""
