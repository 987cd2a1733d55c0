"""The model's answer is held against what the target asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archcli.build.model import build_model
from archcli.build.output import check_outputs
from archcli.errors import ArchcliError, RecipeError
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Recipe

ReadRecipe = Callable[..., Recipe]
Shown = Callable[[ArchcliError], str]

SPECIES = TargetFacts("species", "category", (), ("species",), ("iris", "lily", "rose"), (5, 5, 5))
SEX = TargetFacts("sex", "category", (), ("sex",), ("female", "male"), (5, 5))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), ("crime", "love", "war"), (5, 5, 5), separator=",")
PRICES = TargetFacts("prices", "number", (2,), ("low", "high"))
CATEGORY, NUMBER = "{source: iris}", "{source: diabetes}"
MULTILABEL = "{source: iris, targets: {genres: {multilabel: species}}}"


def check(recipe: Recipe, shape: tuple[int, ...], target_facts: TargetFacts) -> None:
    """Build the recipe's model and check its output."""
    built = build_model(recipe.model, inputs={"features": InputFacts("features", shape, ("all",))})
    check_outputs(built, recipe.model, recipe.objectives, dict.fromkeys(recipe.objectives, target_facts))


@pytest.mark.parametrize(
    ("layers", "data", "shape", "target_facts"),
    [
        ("- Dense: 3", CATEGORY, (4,), SPECIES),
        ("- Dense: {units: 3, activation: softmax}", CATEGORY, (4,), SPECIES),
        ("- Dense: 1", CATEGORY, (4,), SEX),
        ("- Dense: {units: 2, activation: softmax}", CATEGORY, (4,), SEX),
        ("- Dense: {units: 3, activation: sigmoid}", MULTILABEL, (4,), GENRES),
        ("- Dense: 2", NUMBER, (4,), PRICES),
        ("- GRU: {units: 4, return_sequences: true}\n- LSTM: 3\n- Dense: 3", CATEGORY, (4, 2), SPECIES),
    ],
)
def test_an_output_that_fits_passes(
    layers: str, data: str, shape: tuple[int, ...], target_facts: TargetFacts, read_recipe: ReadRecipe
) -> None:
    """One score per class, one score for two classes, a number for each column."""
    check(read_recipe(layers, data=data), shape, target_facts)


MISFITS = {
    "too many scores": (
        "- Dense: 8\n- Dense: 10\n- Dropout: 0.1",
        CATEGORY,
        (4,),
        SPECIES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 10), but the target `species` has 3 classes and wants "
            "(batch, 3)\n"
            " --> recipe.yaml:5:14\n  |\n"
            "5 |     - Dense: 10\n"
            "  |              ^^\n"
            "hint: write `units: $classes`"
        ),
    ),
    "one score for three classes": (
        "- Dense: {units: 1, activation: sigmoid}",
        CATEGORY,
        (4,),
        SPECIES,
        "output-does-not-fit-target",
        (
            "the model gives one score, but the target `species` has 3 classes\n"
            " --> recipe.yaml:4:22\n  |\n"
            "4 |     - Dense: {units: 1, activation: sigmoid}\n"
            "  |                      ^\n"
            "hint: write `units: $classes`"
        ),
    ),
    "one score for three labels": (
        "- Dense: {units: 1, activation: sigmoid}",
        MULTILABEL,
        (4,),
        GENRES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 1), but the target `genres` has 3 labels and wants (batch, 3)\n"
            " --> recipe.yaml:4:22\n  |\n"
            "4 |     - Dense: {units: 1, activation: sigmoid}\n"
            "  |                      ^\n"
            "hint: write `units: $classes`"
        ),
    ),
    "a missing Flatten": (
        "- Conv2D: {filters: 2, kernel_size: 3}\n- Dense: 3\n- Softmax",
        CATEGORY,
        (8, 8, 1),
        SPECIES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 6, 6, 3), but the target `species` has 3 classes and "
            "wants (batch, 3)\n"
            " --> recipe.yaml:5:14\n  |\n"
            "5 |     - Dense: 3\n"
            "  |              ^\n"
            "hint: put `Flatten` before the `Dense`"
        ),
    ),
    "every step instead of the last": (
        "- GRU: {units: 4, return_sequences: true}\n- Dense: 3",
        CATEGORY,
        (5, 2),
        SPECIES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 5, 3), but the target `species` has 3 classes and "
            "wants (batch, 3)\n"
            " --> recipe.yaml:5:14\n  |\n"
            "5 |     - Dense: 3\n"
            "  |              ^\n"
            "hint: leave out `return_sequences: true` of the `GRU` on line 4, so that it hands on the last step only"
        ),
    ),
    "one number for two": (
        "- Dense: 1",
        NUMBER,
        (4,),
        PRICES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 1), but the target `prices` has 2 numbers and wants "
            "(batch, 2)\n"
            " --> recipe.yaml:4:14\n  |\n"
            "4 |     - Dense: 1\n"
            "  |              ^\n"
            "hint: write `units: 2`"
        ),
    ),
    "a last layer without units": (
        "- Flatten",
        NUMBER,
        (4, 2),
        PRICES,
        "output-does-not-fit-target",
        (
            "the model gives (batch, 8), but the target `prices` has 2 numbers and wants "
            "(batch, 2)\n"
            " --> recipe.yaml:4:7\n  |\n"
            "4 |     - Flatten\n"
            "  |       ^^^^^^^\n"
            "hint: end with `Dense: 2`"
        ),
    ),
    "several outputs": (
        "- LSTM: {units: 2, return_state: true}",
        NUMBER,
        (5, 2),
        PRICES,
        "several-outputs",
        (
            "`LSTM` with `return_state: true` gives several tensors, but a chain hands one from layer "
            "to layer\n"
            " --> recipe.yaml:4:38\n  |\n"
            "4 |     - LSTM: {units: 2, return_state: true}\n"
            "  |                                      ^^^^\n"
            "hint: leave out `return_state: true`"
        ),
    ),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_an_output_that_does_not_fit_is_shown_where_its_size_is_decided(
    misfit: str, read_recipe: ReadRecipe, shown: Shown
) -> None:
    """Both shapes are named, at the size of the last layer that changes the shape, with what to write."""
    layers, data, shape, target_facts, code, text = MISFITS[misfit]

    with pytest.raises(RecipeError) as caught:
        check(read_recipe(layers, data=data), shape, target_facts)

    assert shown(caught.value) == f"error[{code}]: {text}"
