"""Blank pictures, and files of different sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from archcli.data.audit.naming import RowNames
from archcli.data.audit.pictures import find_blank, find_different_sizes
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]
Rows = Callable[[Variable], Any]


def test_black_picture_is_named_by_its_file(column: Column, rows: Rows, told: Told) -> None:
    """So is the value that it has throughout."""
    pictures = np.random.default_rng(0).normal(size=(3, 8, 8, 1))
    pictures[1] = 0
    picture = column(pictures, name="photo", kind="image")

    found = told(find_blank([picture], rows(picture), RowNames("file", ["a.png", "b.png", "c.png"])))

    assert found == [("blank-example", "`photo` is one and the same value, 0, throughout in `b.png`")]


def test_row_of_equal_numbers_is_no_blank_picture(column: Column, rows: Rows, told: Told) -> None:
    """It has one side only."""
    flat = column(np.ones((3, 64)))

    assert told(find_blank([flat], rows(flat), RowNames())) == []


def _save(path: Path, width: int, height: int) -> Path:
    Image.new("RGB", (width, height)).save(path)
    return path


def test_sizes_are_told_and_what_is_stretched(tmp_path: Path, told: Told) -> None:
    """Two of three have another shape than what they are made."""
    files = [
        _save(tmp_path / f"{index}.png", width, height)
        for index, (width, height) in enumerate([(64, 64), (64, 32), (10, 20)])
    ]

    found = list(find_different_sizes("file", files, (32, 32, 3)))

    assert told(found) == [
        (
            "different-sizes",
            "the pictures of `file` have 3 different sizes, from 10 x 20 to 64 x 64 points, and each is made 32 x 32",
        )
    ]
    assert found[0].problem.hint == "2 of 3 are stretched: cut them to one shape first, if that matters"


def test_picture_that_is_turned_has_the_size_that_is_seen(tmp_path: Path, told: Told) -> None:
    """A photo taken upright is stored on its side, with a note that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)

    assert told(find_different_sizes("file", [tmp_path / "a.jpg", _save(tmp_path / "b.png", 40, 60)], (40, 60))) == []
