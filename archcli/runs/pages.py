"""A page that a picture is drawn on: its size, its style, its fonts and its colours.

Matplotlib's object API only: no pyplot, no window, and not the user's own style, so that the same numbers give the same
bytes. Matplotlib is imported where it is used, since it takes a while and only the end of a training needs it.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np  # noqa: TID253 -- only a process that draws, or has trained, imports this module

from archcli.runs.writing import write_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

# From Okabe and Ito's palette, told apart by people with any colour vision.
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
MARK_COLOUR = "#333333"
COLOURS = (BLUE, VERMILION, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F", "#8C564B", "#B5A900")
LONGEST_NAME = 24

Margins = tuple[float, float, float, float, float]
"""Left, bottom, right and top, as shares of the page, and what is between panels, as a share of a panel."""

_DOTS_PER_INCH = 100
_FEW_DOTS = 2000
_MOST_DOTS = 20_000
_LONGEST_RECIPE_NAME = 40
_MORE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "Hiragino Sans",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
)


def get_ready() -> None:
    """Import Matplotlib and draw something, so that the first picture takes no longer than the others."""
    with _style():
        figure = _figure(width=1.0, height=1.0)
        figure.add_subplot().text(0.5, 0.5, "ready")
        figure.savefig(BytesIO(), format="png")


@contextmanager
def page(path: Path, *, width: float, height: float, margins: Margins | None = None) -> Iterator[Figure]:
    """Give an empty figure, and write it to `path` once it is drawn.

    Args:
        path: The PNG.
        width: Inches.
        height: Inches.
        margins: Where what is drawn stands; None: what is written decides, which takes as long again.
    """
    with _style():
        figure = _figure(width=width, height=height, layout="compressed" if margins is None else None)
        if margins is not None:
            figure.subplots_adjust(*margins)
        yield figure
        # Matplotlib writes its version into the file unless told otherwise.
        write_with(path, lambda temporary: figure.savefig(temporary, format="png", metadata={"Software": None}))


@contextmanager
def _style() -> Iterator[None]:
    """Draw in Matplotlib's own style and in fonts that this machine has."""
    from matplotlib import rc_context, rcParamsDefault

    settings = {name: value for name, value in rcParamsDefault.items() if not name.startswith("backend")}
    with rc_context(settings | {"font.family": _fonts()}), warnings.catch_warnings():
        # A character that no font has is drawn as a box, which says as much.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _figure(*, width: float, height: float, layout: Literal["compressed"] | None = "compressed") -> Figure:
    """Make an empty figure, `width` times `height` inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, layout=layout)


def _fonts() -> list[str]:
    """Return Matplotlib's own font, and for what it lacks those of `_MORE_FONTS` that this machine has."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _MORE_FONTS if name in installed)]


def shortened(name: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a name in one line of at most so many characters."""
    name = name.replace("\n", " ")
    name = name if len(name) <= longest else name[: longest - 1] + "…"
    return name.replace("$", r"\$")  # a pair of dollars would be a formula


def headline(recipe_name: str) -> str:
    """Return the first line of a title: the recipe's name."""
    return shortened(recipe_name, longest=_LONGEST_RECIPE_NAME)


def draw_dots(axes: Axes, across: NDArray[np.float64], up: NDArray[np.float64]) -> None:
    """Draw a dot for each pair of numbers, `(examples,)`; of very many, always the same 20,000 of them."""
    if across.size > _MOST_DOTS:
        chosen = np.random.default_rng(0).choice(across.size, _MOST_DOTS, replace=False)
        across, up = across[chosen], up[chosen]
    few = across.size <= _FEW_DOTS
    axes.scatter(across, up, s=18 if few else 6, color=BLUE, alpha=0.6 if few else 0.25, linewidths=0)
