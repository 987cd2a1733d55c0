"""Every broken recipe is refused with the exact text beside it, before anything is written.

`invalid/x.yaml` is trained from its own folder and what is said on standard error must equal `invalid/x.problems`; so
is each recipe in `bad_data`, which is right and whose data are not. A first line `# command: train.epochs=` gives what
else is typed. After a change that is meant, `WRITE_PROBLEMS=1 pytest tests/recipes` writes the texts anew; read each
one before it is committed.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

HERE = Path(__file__).parent
STATUS = {"invalid": 2, "bad_data": 3}
RECIPES = [recipe for folder in STATUS for recipe in sorted((HERE / folder).glob("*.yaml"))]
COMMAND = "# command: "


def _changes(recipe: Path) -> list[str]:
    """Return what is typed after the recipe, which its first line says."""
    first = recipe.read_text(encoding="utf-8").partition("\n")[0]
    return shlex.split(first.removeprefix(COMMAND)) if first.startswith(COMMAND) else []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.parent.name}/{recipe.stem}")
def test_a_broken_recipe_is_refused_with_the_text_beside_it(recipe: Path, archcli: Archcli, tmp_path: Path) -> None:
    """The exit status of its folder, the exact text, nothing on standard output, no run directory."""
    expected = recipe.with_suffix(".problems")
    status = STATUS[recipe.parent.name]

    done = archcli("train", recipe.name, *_changes(recipe), "--runs", tmp_path / "runs", cwd=recipe.parent)

    if os.environ.get("WRITE_PROBLEMS") and done.status == status:
        expected.write_text(done.err, encoding="utf-8")
    assert done.err == expected.read_text(encoding="utf-8")
    assert (done.status, done.out) == (status, "")
    assert not (tmp_path / "runs").exists()


def test_every_text_belongs_to_a_recipe() -> None:
    """No expected text is left behind when a recipe is renamed."""
    texts = {text for folder in STATUS for text in (HERE / folder).glob("*.problems")}

    assert texts == {recipe.with_suffix(".problems") for recipe in RECIPES}
