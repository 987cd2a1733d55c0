"""The examples of the language: each reads, says the same when it is resolved twice, and the JSON Schema accepts it."""

from __future__ import annotations

from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it publishes no types
import pytest

from archcli.errors import DataError, Problem, Source
from archcli.recipe.checking import check_nodes, load_recipe, read_nodes
from archcli.recipe.delimited import shown_path
from archcli.recipe.json_schema import recipe_schema
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import MapNode, data_of
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE
from archcli.recipe.writing import resolved_data, write_yaml

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))

FILES = {
    "05-cnn3d": "volumes.npz",
    "15-flats": "flats.csv",
    "16-two-outputs": "wine.csv",
    "21-char-rnn": "shakespeare.txt",
    "24-encoder-block": "reviews.csv",
    "26-series": "load.csv",
    "27-varlen": "gait.csv",
    "28-image-folder": "flowers",
    "29-multilabel": "films.csv",
    "30-titanic": "titanic.csv",
    "31-kfold": "autompg.csv",
    "32-two-tower": "ratings.csv",
}
"""Examples whose file is made up, and that file."""

MISSING: dict[str, list[tuple[str, str]]] = {}
"""Examples of what the language does not have, and all that is said of them: this table can only shrink."""

READ = [path for path in EXAMPLES if path.stem not in MISSING]


def _check(node: MapNode) -> tuple[Recipe | None, list[Problem]]:
    return check_nodes(node, default_name="example")


def _resolve_again(resolved: dict[str, object]) -> dict[str, object]:
    node = to_long_form(load_nodes(Source("resolved.yaml", write_yaml(resolved))), RECIPE)
    assert isinstance(node, MapNode)
    recipe, problems = _check(node)
    assert problems == []
    assert recipe is not None
    return resolved_data(recipe)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_reads_or_says_what_is_missing(path: Path) -> None:
    """Without the files that it names."""
    recipe, problems = _check(read_nodes(path))

    assert [(problem.code, problem.message) for problem in problems] == MISSING.get(path.stem, [])
    assert problems or recipe is not None


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_an_example_wants_its_file_and_nothing_else(path: Path) -> None:
    """The data that are made up, not the model."""
    if path.stem not in FILES:
        load_recipe(path)
        return

    with pytest.raises(DataError) as refused:
        load_recipe(path)

    assert [(problem.code, problem.message) for problem in refused.value.problems] == [
        ("file-not-found", f"there is no file `{shown_path(path.with_name(FILES[path.stem]))}`")
    ]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_resolved_example_is_a_fixed_point(path: Path) -> None:
    """Names of blocks and nodes, outputs, what follows from the data: all is written, and read as the same."""
    recipe, _ = _check(read_nodes(path))
    assert recipe is not None
    resolved = resolved_data(recipe)

    again = _resolve_again(resolved)

    assert write_yaml(again) == write_yaml(resolved)


def test_the_json_schema_accepts_the_examples() -> None:
    """As they are written and resolved."""
    validator = jsonschema.Draft202012Validator(recipe_schema())

    for path in READ:
        recipe, _ = _check(read_nodes(path))
        assert recipe is not None
        validator.validate(data_of(load_nodes(read_source(path))))
        validator.validate(data_of(load_nodes(Source("resolved.yaml", write_yaml(resolved_data(recipe))))))
