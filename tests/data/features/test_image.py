"""Images of all formats and depths, and what is said of one that is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from archcli.data.dataset import Dataset, load_dataset
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

SHADES = np.linspace(0, 255, 12, dtype=np.uint8).reshape(3, 4)


def load(section: Section, *names: str, **options: Any) -> Dataset:
    """Load pictures that a CSV names, 3 by 4 points."""
    lines = [f"{name},k{row % 2}\n" for row, name in enumerate(names)]
    Path("list.csv").write_text("file,kind\n" + "".join(lines))
    asked = {"columns": "file", "height": 3, "width": 4} | options
    data = section(
        "csv", {"path": str(Path("list.csv").absolute())}, {"photo": ("image", asked)}, {"kind": ("category", {})}
    )
    return load_dataset(data, batch_size=1)


@pytest.mark.parametrize("ending", ["png", "bmp", "gif", "tif"])
def test_formats_that_lose_nothing(section: Section, ending: str) -> None:
    """Every point as it was."""
    Image.fromarray(SHADES).save(f"a.{ending}")

    images = load(section, f"a.{ending}", f"a.{ending}", color_mode="grayscale").training.inputs["photo"]

    np.testing.assert_array_equal(images[0, ..., 0], SHADES)


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_formats_that_lose_little(section: Section, ending: str) -> None:
    """An even colour stays."""
    Image.new("RGB", (16, 16), (200, 100, 50)).save(f"a.{ending}", quality=95)

    images = load(section, f"a.{ending}", f"a.{ending}").training.inputs["photo"]

    np.testing.assert_allclose(images[0], np.full((3, 4, 3), [200, 100, 50]), atol=3)


def test_shades_become_colours_and_colours_shades(section: Section) -> None:
    """As ITU-R 601 weighs them: 0.299, 0.587, 0.114."""
    Image.fromarray(SHADES).save("grey.png")
    Image.new("RGB", (4, 3), (100, 50, 200)).save("colour.png")

    coloured = load(section, "grey.png", "colour.png").training.inputs["photo"]
    shaded = load(section, "grey.png", "colour.png", color_mode="grayscale").training.inputs["photo"]

    np.testing.assert_array_equal(coloured[0], np.repeat(SHADES[..., np.newaxis], 3, axis=-1))
    np.testing.assert_allclose(shaded[1], 0.299 * 100 + 0.587 * 50 + 0.114 * 200, atol=0.6)


def test_opacity_is_a_channel_if_it_is_asked_for(section: Section) -> None:
    """255 where a picture has none."""
    Image.new("RGBA", (4, 3), (10, 20, 30, 40)).save("clear.png")
    Image.new("RGB", (4, 3), (10, 20, 30)).save("plain.png")

    images = load(section, "clear.png", "plain.png", color_mode="rgba").training.inputs["photo"]

    assert images.shape == (2, 3, 4, 4)
    assert images[:, 0, 0].tolist() == [[10, 20, 30, 40], [10, 20, 30, 255]]
    assert load(section, "clear.png", "plain.png").training.inputs["photo"][0, 0, 0].tolist() == [10, 20, 30]


def test_points_of_16_bits_are_not_cut_off(section: Section) -> None:
    """65,535 is white, and half of it grey."""
    Image.fromarray(SHADES.astype(np.uint16) * 257).save("deep.png")

    images = load(section, "deep.png", "deep.png", color_mode="grayscale").training.inputs["photo"]

    np.testing.assert_array_equal(images[0, ..., 0], SHADES)


def test_a_picture_is_turned_as_it_was_taken(section: Section) -> None:
    """Orientation 6: a quarter to the right."""
    picture = Image.fromarray(SHADES.T.copy())
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save("turned.png", exif=exif)

    images = load(section, "turned.png", "turned.png", color_mode="grayscale").training.inputs["photo"]

    np.testing.assert_array_equal(images[0, ..., 0], np.rot90(SHADES.T, -1))


def test_files_that_cannot_be_used(section: Section, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there, one that is something else, one cut off, one far too large: each at its place."""
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)).save("whole.png")
    Path("cut.png").write_bytes(Path("whole.png").read_bytes()[:900])
    Path("text.png").write_text("no picture")
    Image.new("L", (90, 90)).save("large.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3700)

    text = shown(DataError, load, section, "whole.png", "none.png", "text.png", "cut.png", "large.png")

    assert [line for line in text.splitlines() if line.startswith(("error", " -->"))] == [
        "error[file-not-found]: row 2 of column `file`: there is no file `none.png`",
        " --> list.csv:3:1",
        "error[not-an-image]: row 3 of column `file`: `text.png` is no image, or is cut off",
        " --> list.csv:4:1",
        "error[not-an-image]: row 4 of column `file`: `cut.png` is no image, or is cut off",
        " --> list.csv:5:1",
        "error[not-an-image]: row 5 of column `file`: `large.png` has more points than memory may hold",
        " --> list.csv:6:1",
    ]
