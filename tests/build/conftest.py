"""What the tests of building share: a recipe in one call, and problems as the user sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any, Literal

import keras
import numpy as np
import pytest

from archcli.build.model import Built, build_model
from archcli.cli.render import render_problem
from archcli.errors import ArchcliError
from archcli.recipe.checking import load_recipe
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Recipe

ReadRecipe = Callable[..., Recipe]
BuildLayers = Callable[..., keras.Model]
BuildGraph = Callable[..., Built]
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
def build_graph(tmp_path: Path) -> BuildGraph:
    """Build a model as written, its first line on line 3 of `recipe.yaml`, for inputs by name: a shape, or their facts.

    The target is `y`, a number; outputs may be called anything.
    """

    def build(model: str, **inputs: tuple[int, ...] | InputFacts) -> Built:
        facts = {
            name: given if isinstance(given, InputFacts) else InputFacts(name, given, (name,))
            for name, given in inputs.items()
        }
        arrays: dict[str, Any] = {
            name: np.zeros((4, *(size or 1 for size in given.shape))) for name, given in facts.items()
        }
        np.savez(tmp_path / "data.npz", **arrays, y=np.zeros(4))
        path = tmp_path / "recipe.yaml"
        given_text = ", ".join(f"{name}: numeric" for name in inputs)
        data = f"{{source: {{npz: data.npz}}, inputs: {{{given_text}}}, targets: {{y: number}}}}"
        path.write_text(f"archcli: 1\nmodel:\n{indent(model, '  ')}\ndata: {data}\n", encoding="utf-8")
        return build_model(load_recipe(path).model, inputs=facts)

    return build


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """Render the problems of an error, without the folder of the recipe."""

    def render(error: ArchcliError) -> str:
        text = "\n".join(render_problem(problem).plain for problem in error.problems)
        return text.replace(f"{tmp_path}/", "")

    return render
