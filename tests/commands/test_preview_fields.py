"""What is shown of an example, and what is drawn of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.commands.preview_fields import Field, is_picture, read_fields
from archcli.commands.reading import read_data
from archcli.recipe.checking import load_recipe


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((8, 8, 1), True),
        ((32, 32, 3), True),
        ((28, 28), True),
        ((8, 12, 12, 1), True),
        ((12, 12, 12), True),
        ((40, 3), False),
        ((40, 4), False),
        ((40,), False),
        ((), False),
        ((2, 8), False),
    ],
)
def test_pictures_are_told_from_lines(shape: tuple[int, ...], expected: bool) -> None:  # noqa: FBT001
    """What has two sides of some length is drawn; a few numbers at each step are lines."""
    assert is_picture(shape) is expected


@pytest.fixture
def fields(tmp_path: Path) -> Callable[[str, str], dict[str, Field]]:
    """Write `a.csv` and a recipe with a data section, and return what is shown of all training examples, by name."""

    def read(table: str, section: str) -> dict[str, Field]:
        (tmp_path / "a.csv").write_text(table, encoding="utf-8")
        split = "  split: {validation: 0, test: 0, stratify: false}\n"
        text = f"archcli: 1\ntrain: {{batch_size: 1}}\ndata:\n  source: {{csv: a.csv}}\n{split}{section}\n"
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        recipe = load_recipe(tmp_path / "a.yaml")
        dataset = read_data(recipe, batch_size=1)
        return {field.name: field for field in read_fields(recipe, dataset, dataset.training)}

    return read


def _plain(values: Any) -> list[Any]:
    return [value if isinstance(value, str) else np.asarray(value).tolist() for value in values]


def test_columns_side_by_side_have_their_share_of_the_tensor(fields: Callable[[str, str], dict[str, Field]]) -> None:
    """Each beside the numbers that the network gets of it: filled, scaled, one-hot."""
    shown = fields(
        "rooms,city,area,price\n2,Ulm,10,1\n4,Bonn,,2\n",
        "  inputs: {x: [numeric: rooms, category: city, numeric: {columns: area, missing: 7, scale: 0.1}]}\n"
        "  targets: {price: number}\nmodel: {layers: [Dense: 1]}",
    )

    assert _plain(shown["rooms"].network or ()) == [2, 4]
    assert (_plain(shown["city"].raw), _plain(shown["city"].network or ())) == (["Ulm", "Bonn"], [[0, 0, 1], [0, 1, 0]])
    assert np.isnan(shown["area"].raw[1])
    assert np.allclose(shown["area"].network or (), [1.0, 0.7])
    assert (shown["price"].role, _plain(shown["price"].raw), _plain(shown["price"].network or ())) == (
        "target",
        [1, 2],
        [[1], [2]],
    )


def test_texts_are_shown_with_their_indices(fields: Callable[[str, str], dict[str, Field]]) -> None:
    """As long as the longest of those that are shown; 0 is padding."""
    shown = fields(
        "say,kind\na b,x\nc a a,y\n",
        "  inputs: {say: text}\n  targets: {kind: category}\n"
        "model: {layers: [Embedding: {input_dim: $vocabulary, output_dim: 2}, GRU: 2, Dense: $classes]}",
    )

    assert _plain(shown["say"].raw) == ["a b", "c a a"]
    assert _plain(shown["say"].network or ()) == [[2, 3, 0], [4, 2, 2]]
    assert (_plain(shown["kind"].raw), _plain(shown["kind"].network or ())) == (["x", "y"], [0, 1])


def test_several_labels_are_written_side_by_side(fields: Callable[[str, str], dict[str, Field]]) -> None:
    """The network is compared with a 1 for each."""
    shown = fields(
        'x,tags\n1,"p,q"\n2,\n3,q\n',
        "  inputs: {x: numeric}\n  targets: {tags: multilabel}\nmodel: {layers: [Dense: $classes]}",
    )

    assert _plain(shown["tags"].raw) == ["p, q", "", "q"]
    assert _plain(shown["tags"].network or ()) == [[1, 1], [0, 0], [0, 1]]
