"""Arguments and options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RecipeArgument = Annotated[
    str,
    typer.Argument(metavar="RECIPE", help="A recipe file, or the name of a shipped recipe (`archcli recipes list`)."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH=VALUE]...", help="Changes to the recipe, such as `train.epochs=5`."),
]
RunArgument = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run: its folder, `NAME` for the newest of a recipe, or `NAME/NUMBER`."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress and no next step; problems are still shown.")
]
RunsFolder = Annotated[
    Path, typer.Option("--runs", metavar="FOLDER", help="The folder that holds the runs.", envvar="ARCHCLI_RUNS")
]
DEFAULT_RUNS = Path("runs")
