"""Files that may be anything: packed, endless, broken, in other encodings."""

import gzip
import os
from pathlib import Path

import pytest

from history import files
from history.errors import HistoryError
from history.records import Line, Seen


def read(path: Path, data: bytes, encoding: str = "cp1251") -> tuple[list[Line], Seen]:
    path.write_bytes(data)
    seen = Seen(now=2e9)
    return list(files.lines(files.look(path), seen, encoding)), seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


def test_lines_are_numbered_whichever_way_they_end(path):
    told, seen = read(path, b"\xef\xbb\xbfone\r\ntwo\n\nfour")
    assert told == [(1, "one"), (2, "two"), (3, ""), (4, "four")]
    assert seen.lines == 4


def test_a_packed_file_of_several_members_is_read_as_one(path):
    told, _ = read(path, gzip.compress(b"one\ntw") + gzip.compress(b"o\nthree\n") + b"\0" * 100)
    assert [text for _, text in told] == ["one", "two", "three"]


def test_utf_16_is_read_by_its_mark_and_other_encodings_as_said(path):
    assert read(path, "Анна\nВера\n".encode("utf-16"))[0] == [(1, "Анна"), (2, "Вера")]
    told, seen = read(path, "Анна\n".encode("cp1251") + "Вера\n".encode())
    assert told == [(1, "Анна"), (2, "Вера")]
    assert seen.notes["encoding"] == 1


def test_a_long_line_and_zero_bytes_cost_their_lines_alone(path):
    told, seen = read(path, b"one\n" + b"x" * 100_000 + b"\n\0\0\0two\nthree\n")
    assert [text for _, text in told] == ["one", "three"]
    assert [(each.line, each.why.code) for each in seen.broken_lines] == [(2, "history.long_line"), (3, "history.nul")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * (3 << 20), "history.no_lines"),
        (gzip.compress(b"line\n" * 20_000)[:-20], "history.broken_file"),
        (gzip.compress(b"line\n" * 20_000)[:60] + b"\xff" * 60, "history.broken_file"),
        (b"PK\x03\x04" + b"x" * 100, "history.other_pack"),
        (b"\xff\xfeone\x00\xd8", "history.broken_file"),
    ],
)
def test_what_cannot_be_read_on_is_one_sentence(path, data, code):
    with pytest.raises(HistoryError) as error:
        read(path, data)
    assert error.value.code == code


def test_a_file_made_to_fill_the_disk_is_given_up_early(path, monkeypatch):
    monkeypatch.setattr(files, "UNPACKED_AT_ONCE", 1 << 20)
    with pytest.raises(HistoryError, match="unpacks to more than"):
        read(path, gzip.compress(b"0123456789abcde\n" * (1 << 18)))


def test_no_device_no_pipe_and_no_folder_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for each in (Path("/dev/zero"), tmp_path / "pipe", tmp_path, tmp_path / "none"):
        with pytest.raises(HistoryError) as error:
            files.look(each)
        assert error.value.code in ("history.no_plain_file", "history.no_file")


def test_an_empty_file_is_told(path):
    path.touch()
    with pytest.raises(HistoryError, match="is empty"):
        files.look(path)
