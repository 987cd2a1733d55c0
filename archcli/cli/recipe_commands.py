"""Commands about recipes: check, show, recipes, schema, explain. None of them imports TensorFlow or NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from archcli.cli.lines import print_line, print_next
from archcli.cli.options import AsJson, Overrides, Quiet, RecipeArgument, ShippedRecipe
from archcli.recipe.recipe import Chain

BuildChoice = Literal["sequential", "functional"]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(check)
    app.command()(show)
    app.command()(schema)
    app.command()(explain)
    recipes = typer.Typer(help="List, show and copy the recipes that ship.", no_args_is_help=True)
    recipes.command("list")(list_recipes)
    recipes.command("show")(show_recipe)
    recipes.command("copy")(copy_recipe)
    app.add_typer(recipes, name="recipes")


def check(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    build: Annotated[
        bool, typer.Option("--build", help="Read the data and build the model too, with TensorFlow.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check a recipe and show every problem at its line and column."""
    if build:
        from archcli.cli.run_commands import check_building

        check_building(recipe, overrides or ())
    from archcli.commands.check import check as run_check

    report = run_check(recipe, overrides or ())
    found = report.recipe
    if as_json:
        from archcli.cli.render import open_console, print_json

        print_json({"recipe": found.name, "file": str(report.path), "problems": []}, open_console())
        return
    if not quiet:
        body = found.model.body
        layers = len(body.layers if isinstance(body, Chain) else body.nodes)
        tasks = " and ".join(dict.fromkeys(objective.task for objective in found.objectives.values()))
        losses = " and ".join(dict.fromkeys(loss.name for loss in found.train.loss.values()))
        what = f"{layers} layer{'' if layers == 1 else 's'}, {tasks}, loss {losses}"
        print_line(f"{report.path}: no problems ({what})")
    print_next(f"archcli train {_typed(recipe, overrides)}", quiet=quiet)


def show(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Write out the layers that an architecture stands for.")
    ] = False,
    resolved: Annotated[bool, typer.Option("--resolved", help="Write out layers and every default.")] = False,
    build: Annotated[
        BuildChoice | None, typer.Option("--build", help="Write the model for this Keras API.", show_default=False)
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Show a recipe in long form, with what it extends and the changes applied."""
    from archcli.commands.show import Form
    from archcli.commands.show import show as run_show

    form: Form = "resolved" if resolved else "expanded" if expanded else "written"
    print_line(run_show(recipe, overrides or (), form=form, build=build).removesuffix("\n"))
    print_next(f"archcli train {_typed(recipe, overrides)}", quiet=quiet)


def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """Write the JSON Schema of recipes, for editors that complete and check."""
    from archcli.commands.schema import schema_text, write_schema

    if output is None:
        print_line(schema_text().removesuffix("\n"))
        return
    write_schema(output)
    print_next(f"begin your recipe with `# yaml-language-server: $schema={output}`")


def explain(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="The code in `error[code]`.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Explain a problem's code; without a code, list them all."""
    from archcli.cli.render import open_console, print_json, print_pairs
    from archcli.commands.explain import explain as run_explain
    from archcli.commands.explain import explanations

    console = open_console()
    pages = [run_explain(code)] if code else list(explanations().values())
    if as_json:
        print_json([vars(page) for page in pages], console)
    elif code:
        print_line(f"{pages[0].code}: {pages[0].summary}\n\n{pages[0].text}")
    else:
        print_pairs([(page.code, page.summary) for page in pages], console)
        print_next("archcli explain CODE")


def list_recipes(*, as_json: AsJson = False) -> None:
    """List the recipes that ship."""
    from archcli.cli.render import Column, open_console, print_json, print_table
    from archcli.recipe.gallery import list_gallery

    shipped = list_gallery()
    if as_json:
        rows = [{"name": recipe.name, "file": str(recipe.path), "summary": recipe.summary} for recipe in shipped]
        print_json(rows, open_console())
        return
    rows_shown = [(recipe.name, recipe.summary) for recipe in shipped]
    print_table([Column("recipe"), Column("what it shows")], rows_shown, open_console())
    print_next("archcli train cnn-digits")


def show_recipe(name: ShippedRecipe, *, quiet: Quiet = False) -> None:
    """Show a shipped recipe as it is written, with its comments."""
    from archcli.commands.recipes import show_recipe as run_show

    print_line(run_show(name).removesuffix("\n"))
    print_next(f"archcli recipes copy {name}", quiet=quiet)


def copy_recipe(
    name: ShippedRecipe,
    destination: Annotated[Path | None, typer.Argument(help="A file or folder; left out: here.")] = None,
    *,
    quiet: Quiet = False,
) -> None:
    """Copy a shipped recipe to begin your own from."""
    from archcli.commands.recipes import copy_recipe as run_copy

    written = run_copy(name, destination)
    if not quiet:
        print_line("wrote " + ", ".join(str(path) for path in written))
    print_next(f"archcli train {written[0]}", quiet=quiet)


def _typed(recipe: str, overrides: list[str] | None) -> str:
    """Write a recipe and its changes as they are typed in a shell."""
    import shlex

    return shlex.join([recipe, *(overrides or [])])
