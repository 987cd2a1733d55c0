"""What the tests of the recipe language share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archcli.errors import Source
from archcli.recipe.loading import load_nodes
from archcli.recipe.nodes import Node

Load = Callable[[str], Node]
Write = Callable[..., Path]


@pytest.fixture
def load() -> Load:
    """Turns a text into nodes."""
    return lambda text: load_nodes(Source("recipe.yaml", text))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a recipe and gives its path."""

    def write_recipe(text: str, name: str = "recipe.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_recipe
