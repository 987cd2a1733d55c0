"""What the tests of building share: a recipe in one call, and problems as the user sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Literal

import keras
import pytest

from archcli.build.model import build_model
from archcli.cli.render import render_problem
from archcli.errors import ArchcliError
from archcli.recipe.checking import load_recipe
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Recipe

ReadRecipe = Callable[..., Recipe]
BuildLayers = Callable[..., keras.Model]
Shown = Callable[[ArchcliError], str]


@pytest.fixture
def read_recipe(tmp_path: Path) -> ReadRecipe:
    """Read a recipe of the layers that are given, on the flowers; the first layer stands on line 4 of `recipe.yaml`."""

    def read(layers: str, *, train: str = "{epochs: 1}", data: str = "{source: iris}") -> Recipe:
        path = tmp_path / "recipe.yaml"
        text = f"archcli: 1\nmodel:\n  layers:\n{indent(layers, '    ')}\ndata: {data}\ntrain: {train}\n"
        path.write_text(text, encoding="utf-8")
        return load_recipe(path)

    return read


@pytest.fixture
def build_layers(read_recipe: ReadRecipe) -> BuildLayers:
    """Build the layers that are given, for examples of a shape, with one of Keras's two APIs."""

    def build(
        layers: str, shape: tuple[int, ...], *, api: Literal["sequential", "functional"] = "sequential"
    ) -> keras.Model:
        model = read_recipe(layers, data="{source: diabetes}").model  # a number target: any layer may be the last
        facts = InputFacts("features", shape, ("all",))
        return build_model(replace(model, build=api), inputs={"features": facts}).core

    return build


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """Render the problems of an error, without the folder of the recipe."""

    def render(error: ArchcliError) -> str:
        text = "\n".join(render_problem(problem).plain for problem in error.problems)
        return text.replace(f"{tmp_path}/", "")

    return render
