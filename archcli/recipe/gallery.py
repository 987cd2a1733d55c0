"""The recipes that ship with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from archcli.errors import Problem, RecipeError
from archcli.recipe.suggestions import near_match

_PACKAGE = Path(__file__).parent.parent

SCHEMA_FILE = "recipe.schema.json"
"""The recipe language as a JSON Schema, beside the recipes; `tools/make_schema.py` writes it."""

_EXPECT = re.compile(
    r"^# Expect (?P<score>[\w.]+) (?P<value>-?[\d.]+), at (?P<side>least|most) (?P<bound>-?[\d.]+), "
    r"after about (?P<seconds>\d+) s on two cores\.$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Expectation:
    """The number that a recipe promises.

    Attributes:
        score: Which score of the examples that were kept for the end.
        value: What it was when it was measured.
        bound: What it must reach whatever the machine.
        at_least: Whether more is better.
        seconds: How long training took on two cores.
    """

    score: str
    value: float
    bound: float
    at_least: bool
    seconds: int


@dataclass(frozen=True)
class GalleryRecipe:
    """A shipped recipe.

    Attributes:
        name: What it is called on the command line.
        path: Its file.
        summary: The first line of its opening comment.
        expectation: What its opening comment promises; None where it promises nothing.
    """

    name: str
    path: Path
    summary: str
    expectation: Expectation | None = None


def gallery_folder() -> Path:
    """Return the folder of the shipped recipes: in the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "gallery"
    return installed if installed.is_dir() else _PACKAGE.parent / "recipes"


def shipped_schema() -> str:
    """Return the JSON Schema of recipes, for editors."""
    return (gallery_folder() / SCHEMA_FILE).read_text(encoding="utf-8")


def list_gallery() -> tuple[GalleryRecipe, ...]:
    """Return all shipped recipes by name."""
    files = _gallery_files()
    texts = [file.read_text(encoding="utf-8") for file in files]
    return tuple(
        GalleryRecipe(file.stem, file, _summary(text), _expectation(text))
        for file, text in zip(files, texts, strict=True)
    )


def _gallery_files() -> list[Path]:
    return sorted(gallery_folder().glob("*.yaml"))


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
    return path if is_folder and text not in {file.stem for file in _gallery_files()} else find_shipped(text)


def find_shipped(name: str) -> Path:
    """Return the file of a shipped recipe.

    Raises:
        RecipeError: None is called so.
    """
    known = {file.stem: file for file in _gallery_files()}
    if name not in known:
        match = near_match(name, known)
        listing = "`archcli recipes list` shows the recipes that ship; a file of your own ends in `.yaml`"
        hint = f"did you mean `{match}`?" if match else listing
        raise RecipeError(Problem("recipe-not-found", f"no recipe is called `{name}`", hint=hint))
    return known[name]


def _expectation(text: str) -> Expectation | None:
    """Read what a recipe promises: `# Expect accuracy 0.98, at least 0.97, after about 9 s on two cores.` in it."""
    found = _EXPECT.search(text)
    if found is None:
        return None
    value, bound = float(found["value"]), float(found["bound"])
    return Expectation(found["score"], value, bound, found["side"] == "least", int(found["seconds"]))


def _summary(text: str) -> str:
    """Return the first line of the comment that a recipe opens with, without what is said to editors."""
    for line in text.splitlines():
        comment = line.removeprefix("#").strip()
        if line.startswith("#") and comment and not comment.startswith("yaml-language-server"):
            return comment
    return ""
