"""The recipes that ship with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archcli.errors import Problem, RecipeError
from archcli.recipe.suggestions import near_match

_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class GalleryRecipe:
    """A shipped recipe.

    Attributes:
        name: What it is called on the command line.
        path: Its file.
        summary: The first line of its opening comment.
    """

    name: str
    path: Path
    summary: str


def gallery_folder() -> Path:
    """Return the folder of the shipped recipes: in the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "gallery"
    return installed if installed.is_dir() else _PACKAGE.parent / "recipes"


def list_gallery() -> tuple[GalleryRecipe, ...]:
    """Return all shipped recipes by name."""
    files = sorted(gallery_folder().glob("*.yaml"))
    return tuple(GalleryRecipe(file.stem, file, _summary(file.read_text(encoding="utf-8"))) for file in files)


def find_recipe(text: str) -> Path:
    """Return the file that is meant by a path or by the name of a shipped recipe.

    A folder does not hide a shipped recipe of its name.

    Raises:
        RecipeError: There is neither.
    """
    path = Path(text)
    if path.is_file() or path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return path
    is_folder = bool(text) and path.is_dir()
    return path if is_folder and text not in {recipe.name for recipe in list_gallery()} else find_shipped(text)


def find_shipped(name: str) -> Path:
    """Return the file of a shipped recipe.

    Raises:
        RecipeError: None is called so.
    """
    known = {recipe.name: recipe.path for recipe in list_gallery()}
    if name not in known:
        match = near_match(name, known)
        listing = "`archcli recipes list` shows the recipes that ship; a file of your own ends in `.yaml`"
        hint = f"did you mean `{match}`?" if match else listing
        raise RecipeError(Problem("recipe-not-found", f"no recipe is called `{name}`", hint=hint))
    return known[name]


def _summary(text: str) -> str:
    """Return the first line of the comment that a recipe opens with, without what is said to editors."""
    for line in text.splitlines():
        comment = line.removeprefix("#").strip()
        if line.startswith("#") and comment and not comment.startswith("yaml-language-server"):
            return comment
    return ""
