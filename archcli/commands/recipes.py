"""The recipes that ship: list them, show one, copy one to begin from."""

from __future__ import annotations

from pathlib import Path

from archcli.errors import Problem, RecipeError
from archcli.recipe.gallery import SCHEMA_FILE, find_shipped, shipped_schema
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.nodes import ScalarNode, walk
from archcli.runs.writing import write_text


def show_recipe(name: str) -> str:
    """Return the text of a shipped recipe, comments and all.

    Raises:
        RecipeError: None is called so.
    """
    return read_source(find_shipped(name)).text


def copy_recipe(name: str, destination: Path | None = None) -> tuple[Path, ...]:
    """Copy a shipped recipe to begin from, and beside it the schema for editors and the files that it names.

    Args:
        name: The shipped recipe.
        destination: A file or a folder; None: the folder of the command.

    Returns:
        The files written; what else is there already is left as it is.

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
    beside = {SCHEMA_FILE: shipped_schema()} | _files_named(find_shipped(name))
    files |= {
        target.parent / called: content for called, content in beside.items() if not (target.parent / called).exists()
    }
    for path, content in files.items():
        write_text(path, content)
    return tuple(files)


def _files_named(path: Path) -> dict[str, str]:
    """Read the files beside a shipped recipe that it names: a text to learn from, a recipe that it extends."""
    named: dict[str, str] = {}
    for node in walk(load_nodes(read_source(path))):
        file = path.parent / node.text if isinstance(node, ScalarNode) and node.text else path.parent
        if file.is_file():
            named |= {file.name: file.read_text(encoding="utf-8")}
            named |= _files_named(file) if file.suffix == ".yaml" else {}
    return named
