"""Recipes that use the language to the full are accepted by the program and by its JSON Schema, and are trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped]  # it publishes no types
import pytest

from archcli.commands.running import make_ready
from archcli.errors import Source
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import gallery_folder
from archcli.recipe.json_schema import recipe_schema
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.nodes import data_of
from archcli.recipe.writing import resolved_data, write_yaml

if TYPE_CHECKING:
    from tests.conftest import Archcli

VALID = Path(__file__).parent / "valid"
RECIPES = sorted([*VALID.glob("*.yaml"), *gallery_folder().glob("*.yaml")])


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Holds recipes against the JSON Schema that editors use."""
    schema = recipe_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_a_resolved_recipe_is_a_fixed_point(recipe: Path, tmp_path: Path) -> None:
    """It says everything, so that resolving it once more changes nothing, wherever it is put."""
    resolved = resolved_data(load_recipe(recipe))
    moved = tmp_path / "resolved.yaml"
    moved.write_text(write_yaml(resolved), encoding="utf-8")

    again = resolved_data(load_recipe(moved))

    assert again == resolved
    assert list(again["data"]["inputs"]) == list(resolved["data"]["inputs"])
    assert write_yaml(again) == moved.read_text(encoding="utf-8")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_the_json_schema_accepts_a_recipe(recipe: Path, validator: jsonschema.Draft202012Validator) -> None:
    """As it is written and resolved."""
    written = data_of(load_nodes(read_source(recipe)))
    resolved = data_of(load_nodes(Source("resolved.yaml", write_yaml(resolved_data(load_recipe(recipe))))))

    for data in (written, resolved):
        validator.validate(data)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", sorted(VALID.glob("*.yaml")), ids=lambda recipe: recipe.stem)
def test_what_passes_the_check_is_built(recipe: Path) -> None:
    """The data are read, the model is built, and its loss and metrics are tried on it."""
    ready = make_ready(load_recipe(recipe))

    taken = {tensor.name: tensor.shape[1:] for tensor in ready.prepared.core.inputs}
    assert taken == {name: facts.shape for name, facts in ready.prepared.inputs.items()}


@pytest.mark.slow
def test_a_resolved_recipe_gives_the_same_figures(archcli: Archcli, tmp_path: Path) -> None:
    """A CSV with columns of any name, moved with its recipe: trained, and trained again from `resolved.yaml`."""
    shutil.copytree(VALID, tmp_path / "recipes")

    first = archcli("train", "recipes/columns-of-any-name.yaml", "--json", cwd=tmp_path)
    run = Path(json.loads(first.out)["run"])
    again = archcli("train", run / "resolved.yaml", "--json", cwd=tmp_path)

    assert (first.status, again.status) == (0, 0), first.err + again.err
    assert json.loads(again.out)["scores"] == json.loads(first.out)["scores"]
