"""Files of images and sounds, whatever folders they are in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archcli.data.faults import Faults
from archcli.data.features.image import read_images
from archcli.data.questions.images import open_flat, open_single
from archcli.errors import DataError


def draw(path: Path, brightness: int) -> Path:
    """Save a grey picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), brightness).save(path)
    return path


def test_one_image_is_one_example(tmp_path: Path) -> None:
    """Read from the folder that it is in."""
    table = open_single(draw(tmp_path / "a.png", 8), "photo")

    images = read_images(table, ["photo"], Faults(), shape=(2, 2, 1))

    np.testing.assert_array_equal(images, np.full((1, 2, 2, 1), 8))


def test_a_folder_may_be_flat_or_nested(tmp_path: Path) -> None:
    """In the order of their names; what else lies there does not count."""
    for name, brightness in (("b.png", 1), ("x/a.png", 2), ("x/y/c.jpg", 3)):
        draw(tmp_path / name, brightness)
    (tmp_path / "notes.txt").write_text("no image", encoding="utf-8")

    table = open_flat(tmp_path, "photo", "image")

    assert table.arrays["file"].tolist() == table.arrays["photo"].tolist() == ["b.png", "x/a.png", "x/y/c.jpg"]
    assert read_images(table.slice(1, 9), ["photo"], Faults(), shape=(1, 1, 1))[0, 0, 0, 0] == 2


def test_a_part_says_where_a_broken_image_is(tmp_path: Path) -> None:
    """By its number in the folder, not in the part."""
    for name in "abc":
        draw(tmp_path / f"{name}.png", 1)
    (tmp_path / "c.png").write_bytes(b"no image")
    part, faults = open_flat(tmp_path, "photo", "image").slice(1, 3), Faults()

    read_images(part, ["photo"], faults, shape=(1, 1, 1))

    with pytest.raises(DataError) as raised:
        faults.raise_all(part)
    assert [problem.message for problem in raised.value.problems] == [
        "row 3 of column `photo`: `c.png` is no image, or is cut off"
    ]


def test_texts_of_a_folder(tmp_path: Path) -> None:
    """What the files hold is what the model reads."""
    (tmp_path / "a.txt").write_text("good day", encoding="utf-8")

    table = open_flat(tmp_path, "said", "text")

    assert table.arrays["said"].tolist() == ["good day"]
    assert table.arrays["file"].tolist() == ["a.txt"]
