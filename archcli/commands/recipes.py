"""The recipes that ship: list them, show one, copy one to begin from."""

from __future__ import annotations

from pathlib import Path

from archcli.commands.schema import schema_text
from archcli.errors import Problem, RecipeError
from archcli.recipe.gallery import find_shipped
from archcli.recipe.json_schema import SCHEMA_FILE
from archcli.recipe.loading import read_source
from archcli.runs.writing import write_text


def show_recipe(name: str) -> str:
    """Return the text of a shipped recipe, comments and all.

    Raises:
        RecipeError: None is called so.
    """
    return read_source(find_shipped(name)).text


def copy_recipe(name: str, destination: Path | None = None) -> tuple[Path, ...]:
    """Copy a shipped recipe to begin from, and the schema for editors beside it.

    Args:
        name: The shipped recipe.
        destination: A file or a folder; None: the folder of the command.

    Returns:
        The files written; a schema that is there already is left as it is.

    Raises:
        RecipeError: No shipped recipe is called so, or the file is there already.
        SetupError: It cannot be written.
    """
    text = show_recipe(name)
    target = destination or Path()
    target = target / f"{name}.yaml" if target.is_dir() else target
    if target.exists():
        hint = f"name another file: `archcli recipes copy {name} my-{name}.yaml`"
        raise RecipeError(Problem("file-exists", f"`{target}` is there already, and is not overwritten", hint=hint))
    files = {target: text}
    if not (target.parent / SCHEMA_FILE).exists():
        files[target.parent / SCHEMA_FILE] = schema_text()
    for path, content in files.items():
        write_text(path, content)
    return tuple(files)
