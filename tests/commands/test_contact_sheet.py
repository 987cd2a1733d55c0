"""Pictures of examples on one sheet: where they stand, how light they are, what stands for a class."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from PIL import Image

from archcli.commands.contact_sheet import COLOURS, GAP, MARGIN, NO_CLASS, PAPER, draw_sheet
from archcli.commands.preview_fields import Field


def _field(pictures: Any, kind: str = "numeric", role: Literal["input", "target"] = "input", **more: Any) -> Field:
    drawn = tuple(np.asarray(picture) for picture in pictures)
    return Field("photo", role, kind, drawn, drawn, drawn, **more)


def _points(sheet: Image.Image, left: int, top: int, size: int) -> Any:
    """Return the points of a square of the sheet, `(size, size, 3)`."""
    return np.asarray(sheet)[top : top + size, left : left + size]


def test_small_picture_is_made_larger_point_by_point() -> None:
    """Eight points a side become 128; the least is black, the most is white."""
    picture = np.arange(64.0).reshape(8, 8, 1)

    sheet = draw_sheet([_field([picture])], ["row 1"])

    shown = _points(sheet, MARGIN, MARGIN, 128)
    expected = np.round(picture[..., 0] / 63 * 255).astype(np.uint8).repeat(16, axis=0).repeat(16, axis=1)
    assert np.array_equal(shown, np.stack([expected] * 3, axis=-1))


def test_examples_stand_side_by_side_and_fields_below_each_other() -> None:
    """The second example's mask is below its picture, in the colours of its classes."""
    masks = np.array([[[0, 1], [1, -1]]] * 2).repeat(4, axis=1).repeat(4, axis=2)
    photos = _field(np.zeros((2, 8, 8, 1)))

    sheet = draw_sheet([photos, _field(masks, "category", "target", classes=("sky", "sea"))], ["row 1", "row 2"])

    shown = _points(sheet, MARGIN + 128 + MARGIN, MARGIN + 128 + GAP, 128)
    assert [tuple(shown[row, column].tolist()) for row in (0, -1) for column in (0, -1)] == [
        COLOURS[0],
        COLOURS[1],
        COLOURS[1],
        NO_CLASS,
    ]


def test_picture_files_are_as_light_as_they_are() -> None:
    """Grey in all examples stays grey; colours stay colours."""
    picture = np.full((200, 200, 3), (100.0, 150.0, 200.0))

    sheet = draw_sheet([_field([picture], "image")], ["a.png"])

    assert set(map(tuple, _points(sheet, MARGIN, MARGIN, 200).reshape(-1, 3).tolist())) == {(100, 150, 200)}


def test_large_picture_is_made_smaller() -> None:
    """Its longer side is 256 points, its shape stays."""
    sheet = draw_sheet([_field([np.full((1024, 512, 1), 255.0)], "image")], ["a.png"])

    shown = np.asarray(sheet)[MARGIN : MARGIN + 256, MARGIN : MARGIN + 128]
    assert (shown == 255).all()
    assert sheet.width == MARGIN + 128 + MARGIN


def test_volume_is_shown_by_nine_slices_with_gaps_between() -> None:
    """From the first to the last, in rows of three."""
    volume = np.arange(17.0)[:, np.newaxis, np.newaxis] * np.ones((17, 8, 8))

    sheet = draw_sheet([_field([volume])], ["row 1"])

    points = np.asarray(sheet)
    middles = [
        tuple(points[MARGIN + 32 + 66 * row, MARGIN + 32 + 66 * column].tolist())
        for row in range(3)
        for column in range(3)
    ]
    assert middles == [(round(level / 8 * 255),) * 3 for level in range(9)]
    assert tuple(points[MARGIN + 32, MARGIN + 64].tolist()) == PAPER


def test_what_is_missing_is_drawn_as_the_least() -> None:
    """The end of a short sequence is no number."""
    picture = np.full((8, 8), 5.0)
    picture[0] = np.nan
    picture[7] = 9.0

    sheet = draw_sheet([_field([picture])], ["row 1"])

    rows = _points(sheet, MARGIN, MARGIN, 128)[::16, 0, 0].tolist()
    assert rows == [0, 0, 0, 0, 0, 0, 0, 255]


def test_nine_examples_fill_two_rows() -> None:
    """Eight are side by side; below each stand its name and its target."""
    label = Field("kind", "target", "category", tuple("x" * 9), None)

    one = draw_sheet([_field(np.zeros((8, 8, 8))), label], [f"row {row}" for row in range(8)])
    two = draw_sheet([_field(np.zeros((9, 8, 8))), label], [f"row {row}" for row in range(9)])

    assert two.width == one.width == MARGIN + 8 * (128 + MARGIN)
    assert two.height - MARGIN == 2 * (one.height - MARGIN)
