"""Show a few examples of a recipe's data, as they are read and as the network gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.commands.check import check
from archcli.commands.contact_sheet import draw_sheet
from archcli.commands.preview_fields import Field, read_fields
from archcli.commands.reading import read_data
from archcli.data.audit.naming import RowNames, name_examples
from archcli.data.dataset import Part
from archcli.data.splits import PartName
from archcli.errors import Problem, RecipeError
from archcli.runs.writing import write_error, write_with


@dataclass(frozen=True)
class PartPreview:
    """Some examples of a part.

    Attributes:
        examples: How many the part has.
        rows: Where those that are shown stand in the source, from 1.
        fields: What is shown of them, in the recipe's order, inputs first.
        sheet: The file in which their pictures are; None: there are none.
    """

    examples: int
    rows: tuple[int, ...]
    fields: tuple[Field, ...]
    sheet: Path | None = None


@dataclass(frozen=True)
class PreviewReport:
    """Some examples of each part.

    Attributes:
        recipe: The recipe's name.
        names: What the examples are called.
        parts: The examples of each part.
        folder: The folder with the pictures; None: there are none.
    """

    recipe: str
    names: RowNames
    parts: Mapping[PartName, PartPreview]
    folder: Path | None


def preview_data(text: str, overrides: Sequence[str] = (), *, count: int, output: Path | None = None) -> PreviewReport:
    """Read and divide the data of a recipe as training does, and take some examples of each part.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `data.split.seed=1`.
        count: How many examples of each part, from 1, at equal distances.
        output: A folder for pictures, which is made; None: one that is called after the recipe, here.

    Raises:
        RecipeError: As in training; or there is such a folder already.
        DataError: As in training.
        SetupError: The pictures cannot be written.
    """
    recipe = check(text, overrides).recipe
    folder = output or Path(f"{recipe.name}-preview")
    if output is not None:
        _refuse_existing(output)
    batch_size = recipe.train.batch_size
    dataset = read_data(recipe, batch_size=1 if batch_size == "auto" else batch_size)
    names = name_examples(dataset.data)
    parts = dict[PartName, PartPreview]()
    for name, part in dataset.parts.items():
        taken = _take(part, _spread(len(part), count))
        rows = tuple(int(row) for row in taken.rows)
        parts[name] = PartPreview(len(part), rows, read_fields(recipe, dataset, taken))
    if not any(field.picture is not None for part in parts.values() for field in part.fields):
        return PreviewReport(recipe.name, names, parts, None)
    _refuse_existing(folder)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise write_error(folder, error) from None
    drawn = {name: _draw(part, folder / f"{name}.png", names) for name, part in parts.items()}
    return PreviewReport(recipe.name, names, drawn, folder)


def _draw(part: PartPreview, path: Path, names: RowNames) -> PartPreview:
    """Draw the pictures of a part, with what they are below them."""
    sheet = draw_sheet(part.fields, [names.name(row) for row in part.rows])
    write_with(path, lambda temporary: sheet.save(temporary, format="PNG"))
    return PartPreview(part.examples, part.rows, part.fields, path)


def _refuse_existing(folder: Path) -> None:
    if folder.exists():
        hint = "name another place: `--output FOLDER`"
        raise RecipeError(Problem("file-exists", f"`{folder}` is there already, and is not overwritten", hint=hint))


def _spread(examples: int, count: int) -> NDArray[np.int64]:
    """Return at most `count` of the numbers below `examples`, at equal distances, the first and the last with them."""
    return np.unique(np.linspace(0, examples - 1, min(count, examples)).round().astype(np.int64))


def _take(part: Part, indices: NDArray[np.int64]) -> Part:
    return Part(
        {name: values[indices] for name, values in part.inputs.items()},
        {name: values[indices] for name, values in part.targets.items()},
        part.rows[indices],
    )
