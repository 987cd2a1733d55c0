"""Arguments and options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_RUNS = Path("runs")


def _recipe_names(incomplete: str) -> list[str]:
    """Complete the names of shipped recipes; the shell itself completes files."""
    from archcli.recipe.gallery import list_gallery

    return [recipe.name for recipe in list_gallery() if recipe.name.startswith(incomplete)]


def _run_names(incomplete: str) -> list[str]:
    """Complete the names of runs in the usual folder."""
    from archcli.runs.listing import list_runs

    return [found.run.name for found in list_runs(DEFAULT_RUNS) if found.run.name.startswith(incomplete)]


RecipeArgument = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="A recipe file, or the name of a shipped recipe (`archcli recipes list`).",
        autocompletion=_recipe_names,
    ),
]
ShippedRecipe = Annotated[
    str, typer.Argument(metavar="NAME", help="The name of a shipped recipe.", autocompletion=_recipe_names)
]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH=VALUE]...", help="Changes to the recipe, such as `train.epochs=5`."),
]
RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run: its folder, `NAME` for the newest of a recipe, or `NAME/NUMBER`.",
        autocompletion=_run_names,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress and no next step; problems are still shown.")
]
RunsFolder = Annotated[
    Path, typer.Option("--runs", metavar="FOLDER", help="The folder that holds the runs.", envvar="ARCHCLI_RUNS")
]
