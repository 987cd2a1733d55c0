"""A recipe from its file to its values: parameters, facts, `extends`, paths, everything wrong at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archcli.errors import DataError, RecipeError
from archcli.recipe.assembling import name_of
from archcli.recipe.checking import check_nodes, load_recipe, read_nodes
from archcli.recipe.recipe import Chain, Fact, Named, Recipe

if TYPE_CHECKING:
    from tests.recipe.conftest import Write

IRIS = """
archcli: 1
data: {source: iris}
model: {layers: [Dense: {units: $classes, activation: softmax}]}
"""


def _codes(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(RecipeError) as refused:
        load_recipe(path, overrides)
    return [problem.code for problem in refused.value.problems]


def _layer(recipe: Recipe, index: int) -> Named:
    assert isinstance(recipe.model.body, Chain)
    layer = recipe.model.body.layers[index]
    assert isinstance(layer, Named)
    return layer


def test_a_short_recipe_is_completed(write: Write) -> None:
    """Every default and everything that follows from the data is there."""
    recipe = load_recipe(write(IRIS, "my-iris.yaml"))

    assert recipe.name == "my-iris"
    assert list(recipe.data.inputs) == ["measurements"]
    assert {name: target.name for name, target in recipe.data.targets.items()} == {"species": "category"}
    assert (recipe.data.split.validation, recipe.data.split.test, recipe.data.split.stratify) == (0.1, 0.2, True)
    assert (recipe.model.build, recipe.train.epochs, recipe.train.batch_size) == ("sequential", 20, 32)
    assert (recipe.train.optimizer.name, recipe.train.monitor, recipe.train.early_stopping) == (
        "Adam",
        "val_loss",
        None,
    )
    assert recipe.model.outputs == {"species": "species"}
    assert {output: (loss.name, loss.arguments) for output, loss in recipe.train.loss.items()} == {
        "species": ("SparseCategoricalCrossentropy", {"from_logits": False})
    }
    assert {
        output: [(metric.name, metric.arguments) for metric in metrics]
        for output, metrics in recipe.train.metrics.items()
    } == {"species": [("SparseCategoricalAccuracy", {"name": "accuracy"})]}
    assert recipe.train.loss_weights == {"species": 1.0}
    assert (recipe.train.learning_rule, recipe.train.window, recipe.train.bucket_by_length) == ("bptt", None, False)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("iris", "iris"),
        ("My MLP (2)", "my-mlp-2"),
        ("MLP_wine", "mlp_wine"),
        ("2nd", "recipe-2nd"),
        ("größe", "gr-e"),
        ("日本", "recipe"),
        ("-x-", "x"),
    ],
)
def test_a_recipe_without_a_name_is_called_like_its_file(file: str, name: str) -> None:
    """As far as a name can be: a run is called so, and its resolved recipe is read again."""
    assert name_of(file) == name


def test_a_parameter_stands_for_a_whole_value_of_any_kind(write: Write) -> None:
    """A number, an activation, a list, a schedule in short form, and one that stands for another."""
    text = """
archcli: 1
parameters:
  width: 8
  same: $width
  bend: relu
  window: [3, 3]
  rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: $training_steps}}
data: {source: digits}
model:
  layers:
    - Conv2D: {filters: $same, kernel_size: $window, activation: $bend}
    - Flatten
    - Dense: $classes
train: {optimizer: {SGD: $rate}}
"""

    recipe = load_recipe(write(text))

    convolution = _layer(recipe, 0)
    assert convolution.arguments == {"filters": 8, "kernel_size": (3, 3), "activation": "relu"}
    schedule = recipe.train.optimizer.arguments["learning_rate"]
    assert isinstance(schedule, Named)
    assert schedule.name == "CosineDecay"
    steps = schedule.arguments["decay_steps"]
    assert isinstance(steps, Fact)
    assert (steps.name, steps.of) == ("training_steps", None)


def test_a_parameter_goes_before_a_fact_of_its_name(write: Write) -> None:
    """The recipe's own `$classes` is the one that is meant; `$classes.species` is still the data's."""
    text = IRIS.replace("data:", "parameters: {classes: 3}\ndata:").replace("[Dense", "[Dense: $classes.species, Dense")

    recipe = load_recipe(write(text))

    assert _layer(recipe, 1).arguments["units"] == 3
    fact = _layer(recipe, 0).arguments["units"]
    assert isinstance(fact, Fact)
    assert (fact.name, fact.of) == ("classes", "species")


def test_a_parameter_is_changed_from_outside(write: Write) -> None:
    """Without knowing where it is used."""
    text = (
        "archcli: 1\nparameters: {width: 8}\ndata: {source: iris}\nmodel: {layers: [Dense: $width, Dense: $classes]}\n"
    )

    recipe = load_recipe(write(text), ["parameters.width=16"])

    assert _layer(recipe, 0).arguments["units"] == 16


def test_a_quoted_dollar_is_a_text(write: Write, tmp_path: Path) -> None:
    """A column may be called `$price`."""
    (tmp_path / "a.csv").write_text("$price,kind\n1,a\n2,b\n", encoding="utf-8")
    text = """
archcli: 1
data: {source: {csv: a.csv}, inputs: {x: {numeric: "$price"}}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
"""

    recipe = load_recipe(write(text))

    assert recipe.data.inputs["x"].arguments["columns"] == "$price"


def test_a_path_is_relative_to_the_recipe_that_names_it(write: Write, tmp_path: Path) -> None:
    """Also where that recipe is extended by one in another folder, and never to the folder one stands in."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.csv").write_text("x,kind\n1,a\n2,b\n", encoding="utf-8")
    base = """
archcli: 1
data: {source: {csv: a.csv}, inputs: {x: numeric}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
"""
    write(base, "base/base.yaml")
    over = write("archcli: 1\nextends: ../../base/base.yaml\ntrain: {epochs: 2}\n", "deep/er/over.yaml")

    recipe = load_recipe(over)

    path = Path(str(recipe.data.source.arguments["path"]))
    assert path.is_absolute()
    assert path.resolve() == (tmp_path / "base" / "a.csv").resolve()


def test_a_path_on_the_command_line_is_relative_to_the_folder_one_stands_in(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every path that one types."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "b.csv").write_text("x,kind\n1,a\n2,b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    text = """
archcli: 1
data: {source: {csv: a.csv}, inputs: {x: numeric}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
"""

    recipe = load_recipe(write(text, "there/recipe.yaml"), ["data.source.csv=b.csv"])

    assert recipe.data.source.arguments["path"] == str(tmp_path / "here" / "b.csv")


def test_recipes_are_laid_over_each_other_from_the_bottom(write: Write) -> None:
    """Three deep; the name is the upper one's own, or its file's, never the lower one's."""
    write(IRIS + "name: low\ntrain: {epochs: 1, batch_size: 1, seed: 1}\n", "low.yaml")
    write("archcli: 1\nextends: low.yaml\nname: middle\ntrain: {batch_size: 2, seed: 2}\n", "middle.yaml")
    top = write("archcli: 1\nextends: middle.yaml\ntrain: {seed: 3}\n", "top.yaml")

    recipe = load_recipe(top, ["train.compile=graph"])

    train = recipe.train
    assert (train.epochs, train.batch_size, train.seed, train.compile) == (1, 2, 3, "graph")
    assert recipe.name == "top"


def test_what_is_read_no_longer_extends(write: Write) -> None:
    """The merged recipe is whole."""
    write(IRIS, "low.yaml")
    top = write("archcli: 1\nextends: low.yaml\n", "top.yaml")

    assert read_nodes(top).entry("extends") is None


def test_a_chain_of_recipes_has_an_end(write: Write) -> None:
    """More than sixteen recipes over each other are taken for a circle."""
    write(IRIS, "r0.yaml")
    for number in range(1, 19):
        write(f"archcli: 1\nextends: r{number - 1}.yaml\n", f"r{number}.yaml")

    assert load_recipe(write("archcli: 1\nextends: r15.yaml\n", "top.yaml"))
    assert _codes(write("archcli: 1\nextends: r18.yaml\n", "top.yaml")) == ["extends-cycle"]


def test_a_problem_of_the_lower_recipe_is_shown_in_its_file(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the path that leads there from the folder one stands in."""
    monkeypatch.chdir(tmp_path)
    write(IRIS.replace("units", "unitts"), "base/low.yaml")
    top = write("archcli: 1\nextends: base/low.yaml\n", "top.yaml")

    with pytest.raises(RecipeError) as refused:
        load_recipe(top)

    where = refused.value.problems[0].location
    assert where is not None
    assert (where.source.name, where.line) == ("base/low.yaml", 4)


def test_a_missing_file_is_a_problem_of_the_data_only_where_the_recipe_has_none(write: Write) -> None:
    """A recipe that is wrong is shown as such first: exit status 2 before 3."""
    text = """
archcli: 1
data: {source: {csv: a.csv}, inputs: {x: numeric}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
"""

    with pytest.raises(DataError):
        load_recipe(write(text))
    assert _codes(write(text), "train.epochs=0") == ["out-of-range"]


def test_problems_are_given_in_the_order_of_the_text(write: Write) -> None:
    """Whatever is found first."""
    text = """
archcli: 1
train: {metrics: [AUC], epochs: 0}
model: {layers: [Densee: 3, Dense: {units: 3, activation: softmax}]}
parameters: {unused: 1}
data: {source: iris, split: {tset: 1}}
"""

    codes = _codes(write(text))

    assert codes == ["metric-does-not-fit", "out-of-range", "unknown-layer", "unused-parameter", "unknown-key"]


def test_an_anchor_with_a_problem_is_reported_once(write: Write) -> None:
    """However often its value is used."""
    text = IRIS.replace("[Dense", "[Dense: &a {units: 0}, Dense: *a, Dense: *a, Dense")

    assert _codes(write(text)) == ["out-of-range"]


def test_nothing_is_derived_from_what_is_wrong(write: Write) -> None:
    """A misspelt activation of the last layer is one problem, not also a loss that would not fit."""
    text = IRIS.replace("softmax", "sofmax") + "train: {loss: sparse_categorical_crossentropy}\n"

    assert _codes(write(text)) == ["unknown-activation"]


def test_a_recipe_in_nodes_is_checked_without_its_files(write: Write) -> None:
    """`show` works where the data are not."""
    text = """
archcli: 1
data: {source: {csv: nowhere.csv}, inputs: {x: numeric}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
"""

    recipe, problems = check_nodes(read_nodes(write(text)), default_name="a")

    assert recipe is not None
    assert problems == []
