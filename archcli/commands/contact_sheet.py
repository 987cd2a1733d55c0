"""Pictures of several examples on one sheet, each with what it is below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from archcli.commands.preview_fields import Field

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SMALLEST: Final = 128
LARGEST: Final = 256
"""The longer side of a picture on the sheet, in points."""

NARROWEST: Final = 104
"""A place on the sheet, in points: what stands below a picture wants to be read."""

ACROSS: Final = 8
"""Examples side by side."""

SLICES: Final = 9
"""Slices of a volume, or pictures of a film, that are shown of one example."""

MARGIN: Final = 12
GAP: Final = 4
FONT_SIZE: Final = 13
LINE: Final = 17

PAPER: Final = (255, 255, 255)
INK: Final = (32, 32, 32)
NO_CLASS: Final = (0, 0, 0)
COLOURS: Final = (
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
    (227, 119, 194),
    (127, 127, 127),
    (188, 189, 34),
    (23, 190, 207),
)
"""What classes are drawn in, in their order, and from the beginning again."""


def draw_sheet(fields: Sequence[Field], captions: Sequence[str]) -> Image.Image:
    """Draw the pictures of some examples side by side.

    Args:
        fields: What is known of the examples. Those with a picture are drawn one below the other; targets that are one
            label or number stand below them, and below all what the colours of classes mean.
        captions: What each example is called.
    """
    drawn = [field for field in fields if field.picture is not None]
    tiles = [_draw_field(field) for field in drawn]
    labels = [[captions[index], *_describe(fields, index)] for index in range(len(captions))]
    font = _load_font()
    width = max(NARROWEST, *(tile.width for row in tiles for tile in row))
    heights = [max(tile.height for tile in row) for row in tiles]
    across = min(ACROSS, len(captions))
    cell_width = width + MARGIN
    cell_height = sum(heights) + GAP * len(heights) + LINE * max(map(len, labels)) + MARGIN
    classed = [field for field in drawn if field.classes]
    down = math.ceil(len(captions) / across)
    size = (across * cell_width + MARGIN, down * cell_height + MARGIN + LINE * len(classed))
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, lines in enumerate(labels):
        left = MARGIN + index % across * cell_width
        top = MARGIN + index // across * cell_height
        for row, height in zip(tiles, heights, strict=True):
            sheet.paste(row[index], (left, top))
            top += height + GAP
        for line in lines:
            pen.text((left, top), _cut(line, width, font), fill=INK, font=font)
            top += LINE
    for index, field in enumerate(classed):
        _draw_legend(pen, field, (MARGIN, MARGIN // 2 + down * cell_height + index * LINE), font)
    return sheet


def _draw_legend(pen: ImageDraw.ImageDraw, field: Field, place: tuple[int, int], font: Font) -> None:
    """Say in one line what the colours of a field's classes mean."""
    left, top = float(place[0]), place[1]
    pen.text((left, top), f"{field.name}:", fill=INK, font=font)
    left += font.getlength(f"{field.name}:") + GAP
    for name, colour in zip(field.classes, COLOURS, strict=False):
        pen.rectangle((left, top + 3, left + FONT_SIZE - 3, top + FONT_SIZE), fill=colour)
        pen.text((left + FONT_SIZE, top), name, fill=INK, font=font)
        left += FONT_SIZE + font.getlength(name) + MARGIN


def _describe(fields: Sequence[Field], index: int) -> list[str]:
    """Say what the targets of an example are that are one label or number."""
    lines = []
    for field in fields:
        if field.role != "target" or field.picture is not None:
            continue
        value = field.raw[index]
        if isinstance(value, str) or np.ndim(value) == 0:
            shown = value if isinstance(value, str) else f"{float(value):.4g}"
            lines.append(f"{field.name}: {' '.join(shown.split())}")
    return lines


def _draw_field(field: Field) -> list[Image.Image]:
    """Draw one column of all examples; their shades are comparable."""
    pictures = field.picture or ()
    if field.classes:
        palette = np.array([*COLOURS, NO_CLASS], np.uint8)
        return [
            _arrange(
                [
                    Image.fromarray(palette[np.where(slice_ < 0, len(COLOURS), slice_ % len(COLOURS))])
                    for slice_ in _cut_slices(picture)
                ]
            )
            for picture in pictures
        ]
    low, high = _range(field.kind, pictures)
    return [_arrange([_shade(slice_, low, high) for slice_ in _cut_slices(picture)]) for picture in pictures]


def _shade(numbers: NDArray[Any], low: float, high: float) -> Image.Image:
    """Turn numbers, `(height, width)` or `(height, width, 3)`, into grey or colours."""
    shares = np.clip((np.nan_to_num(numbers, nan=low) - low) / (high - low), 0, 1)
    return Image.fromarray((shares * 255).round().astype(np.uint8)).convert("RGB")


def _range(kind: str, pictures: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """Return what is black and what is white: 0 and 255 of a picture file, else the least and the most there is."""
    if kind == "image":
        return 0.0, 255.0
    low = min(float(np.nanmin(picture)) for picture in pictures)
    high = max(float(np.nanmax(picture)) for picture in pictures)
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    return (low, high) if high > low else (low, low + 1)


def _cut_slices(picture: NDArray[Any]) -> list[NDArray[Any]]:
    """Return a picture, or some of a volume or film, as `(height, width)` or, without alpha, `(height, width, 3)`."""
    is_colour = picture.ndim > 2 and picture.shape[-1] in (3, 4)
    values = picture[..., :3] if is_colour else picture
    if picture.ndim > 2 and picture.shape[-1] == 1:
        values = picture[..., 0]
    if values.ndim < 3 + is_colour:
        return [values]
    chosen = np.linspace(0, len(values) - 1, min(SLICES, len(values))).round().astype(int)
    return [values[index] for index in dict.fromkeys(chosen.tolist())]


def _arrange(slices: Sequence[Image.Image]) -> Image.Image:
    """Put slices into rows and columns; one alone fills its place."""
    if len(slices) == 1:
        return _fit(slices[0], SMALLEST, LARGEST)
    across = math.ceil(math.sqrt(len(slices)))
    tiles = [_fit(one, SMALLEST // 2, LARGEST // 2) for one in slices]
    width, height = tiles[0].width + 2, tiles[0].height + 2
    whole = Image.new("RGB", (across * width - 2, math.ceil(len(tiles) / across) * height - 2), PAPER)
    for index, tile in enumerate(tiles):
        whole.paste(tile, (index % across * width, index // across * height))
    return whole


def _fit(picture: Image.Image, smallest: int, largest: int) -> Image.Image:
    """Make a small picture larger without smoothing, and a large one smaller."""
    longer = max(picture.size)
    if longer < smallest:
        factor = math.ceil(smallest / longer)
        return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    if longer > largest:
        share = largest / longer
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        return picture.resize(size, Image.Resampling.BOX)
    return picture


def _cut(text: str, width: int, font: Font) -> str:
    """Return as much of a text as fits a width in points."""
    if font.getlength(text) <= width:
        return text
    shown = text
    while shown and font.getlength(shown + "...") > width:
        shown = shown[:-1]
    return shown + "..."


def _load_font() -> Font:
    """Load the font that Matplotlib carries, which has more alphabets than Pillow's own, without importing it."""
    package = find_spec("matplotlib")
    if package is not None and package.origin is not None:
        file = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if file.is_file():
            return ImageFont.truetype(str(file), FONT_SIZE)
    return ImageFont.load_default(FONT_SIZE)
