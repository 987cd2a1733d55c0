"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from archcli.errors import DataError, SetupError
from archcli.runs.writing import cannot_write, write_json, write_text, write_with


def test_text_is_written_as_utf_8(tmp_path: Path) -> None:
    """Line ends stay as they are, and there is no mark at the start."""
    write_text(tmp_path / "a.txt", "é\r\n漢\n")

    assert (tmp_path / "a.txt").read_bytes() == "é\r\n漢\n".encode()


def test_text_gives_back_the_bytes_of_an_undecodable_argument(tmp_path: Path) -> None:
    """A file name that is not UTF-8 reaches Python as surrogates and leaves it as it was."""
    write_text(tmp_path / "command.txt", os.fsdecode(b"train \xff.yaml"))

    assert (tmp_path / "command.txt").read_bytes() == b"train \xff.yaml"


def test_json_is_readable_by_every_reader(tmp_path: Path) -> None:
    """NaN and infinity, for which JSON has no word, are null; half a surrogate pair is escaped."""
    write_json(tmp_path / "a.json", {"é": (1, float("nan"), float("inf")), "name": "a\udcff"})

    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert text == '{\n  "é": [\n    1,\n    null,\n    null\n  ],\n  "name": "a\\udcff"\n}\n'
    assert json.loads(text) == {"é": [1, None, None], "name": "a\udcff"}


def test_a_writer_gets_a_path_of_the_same_suffix_in_the_same_folder(tmp_path: Path) -> None:
    """Libraries choose a format by the suffix, and a rename must not cross disks."""
    given: list[Path] = []

    def write(path: Path) -> None:
        given.append(path)
        path.write_bytes(b"whole")

    write_with(tmp_path / "model.keras", write)

    assert (given[0].suffix, given[0].parent) == (".keras", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == b"whole"


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Half a file is never seen under its name."""
    write_text(tmp_path / "a.txt", "old")

    def write(path: Path) -> None:
        path.write_bytes(b"ha")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_with(tmp_path / "a.txt", write)

    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"


def test_a_file_obeys_the_umask(tmp_path: Path) -> None:
    """A run can be read by whom the user lets read, unlike a file made by `tempfile`."""
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)

    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_folder_that_is_missing_is_a_setup_error(tmp_path: Path) -> None:
    """The path and the system's reason are named."""
    path = tmp_path / "gone" / "a.txt"

    with pytest.raises(SetupError) as caught:
        write_text(path, "x")

    (problem,) = caught.value.problems
    assert problem.code == "cannot-write"
    assert problem.message == f"`{path}` cannot be written: no such file or directory"
    assert problem.hint == "check who owns that folder, or choose another one"


def test_a_full_disk_is_told_from_what_only_the_setup_can_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with the exit status 3; what was there before stays, and nothing else."""
    write_text(tmp_path / "a.txt", "old")

    def fail(_: int) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(DataError) as caught:
        write_text(tmp_path / "a.txt", "new")

    assert caught.value.problems[0].message == f"`{tmp_path / 'a.txt'}` cannot be written: disk quota exceeded"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="only Linux has such a device")
def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """Also where a link leads to it; that it is full is said."""
    link = tmp_path / "full.txt"
    link.symlink_to("/dev/full")

    with pytest.raises(DataError):
        write_text(link, "text")
    write_text(Path("/dev/null"), "text")

    assert not Path("/dev/full").is_file()
    assert not Path("/dev/null").is_file()
    assert link.is_symlink()


def test_a_link_stays_where_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    """The file has one name that is its own."""
    (tmp_path / "file.txt").write_text("old", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("file.txt")

    write_text(tmp_path / "link.txt", "new")

    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "file.txt").read_text(encoding="utf-8") == "new"


def test_a_full_disk_asks_for_space() -> None:
    """The hint fits the reason."""
    problem = cannot_write(Path("runs/a.txt"), OSError(errno.ENOSPC, "No space left on device"))

    assert problem.message == "`runs/a.txt` cannot be written: no space left on device"
    assert problem.hint == "free some space on that disk"
