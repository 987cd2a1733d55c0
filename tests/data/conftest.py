"""What the tests of data share: a recipe's data section in one call, and problems as the user sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.cli.render import render_problem
from archcli.data.dataset import Dataset, load_dataset
from archcli.errors import ArchcliError, Location, Source
from archcli.recipe.recipe import Data, Named, Split

Feature = tuple[str, Mapping[str, Any]]
Features = Mapping[str, Feature | list[Feature]]

RECIPE = Source("recipe.yaml")


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder of the data files, so that messages hold their names alone."""
    monkeypatch.chdir(tmp_path)


def feature(given: Feature | list[Feature], place: Location) -> Named:
    """Make an input or target; a list is several side by side."""
    if isinstance(given, list):
        return Named("side_by_side", {"parts": tuple(feature(part, place) for part in given)}, place)
    return Named(given[0], given[1], place)


@pytest.fixture
def section() -> Callable[..., Data]:
    """Make a data section; line 2 of `recipe.yaml` names the source, 3 the inputs, 4 the targets, 5 the split."""

    def make(
        source: str,
        arguments: Mapping[str, Any],
        inputs: Features,
        targets: Features,
        **split: Any,
    ) -> Data:
        def features(given: Features, line: int) -> dict[str, Named]:
            place = Location(RECIPE, line)
            return {name: feature(one, place) for name, one in given.items()}

        shares = {"validation": 0, "test": 0, "stratify": False, "seed": 0} | split
        return Data(
            Named(source, arguments, Location(RECIPE, 2), {"path": Location(RECIPE, 2, 18)}),
            features(inputs, 3),
            features(targets, 4),
            Split(**shares, location=Location(RECIPE, 5)),
            Location(RECIPE, 1),
        )

    return make


@pytest.fixture
def load(tmp_path: Path, section: Callable[..., Data]) -> Callable[..., Dataset]:
    """Write `flats.csv`, or `flats.npz` from a mapping of arrays, and load it.

    Inputs are `x` from the columns `a` and `b` (an NPZ: the array `x`), the target is the category `kind`.
    """

    def load_file(
        content: str | bytes | Mapping[str, Any], *, delimiter: str = ",", batch_size: int = 1, **options: Any
    ) -> Dataset:
        path = tmp_path / "flats.csv"
        if isinstance(content, Mapping):
            path = tmp_path / "flats.npz"
            np.savez(path, **content)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        is_table = path.suffix == ".csv"
        options = {
            "inputs": {"x": ("numeric", {"columns": ("a", "b")} if is_table else {})},
            "targets": {"kind": ("category", {})},
        } | options
        arguments = {"path": str(path)} | ({"delimiter": delimiter} if is_table else {})
        return load_dataset(section(path.suffix[1:], arguments, **options), batch_size=batch_size)

    return load_file


@pytest.fixture
def shown() -> Callable[..., str]:
    """Call what must fail and return its problems as they are shown, with an empty line between them."""

    def show(error: type[ArchcliError], function: Callable[..., object], *arguments: Any, **options: Any) -> str:
        with pytest.raises(error) as raised:
            function(*arguments, **options)
        assert type(raised.value) is error
        return "\n\n".join(render_problem(problem).plain for problem in raised.value.problems) + "\n"

    return show
