"""Changes from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archcli.errors import RecipeError
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import data_of
from archcli.recipe.overriding import apply_override
from archcli.recipe.schema import RECIPE

if TYPE_CHECKING:
    from tests.recipe.conftest import Load

BASE = """
parameters: {rate: 0.2}
data: {source: {csv: {path: a.csv}}, inputs: {size: {numeric: [a, b]}}, targets: {kind: category}}
model:
  layers:
    - Dense: {units: 8, activation: relu, name: first}
    - Dropout: $rate
    - MaxPooling2D: [2, 2]
    - Bidirectional: {LSTM: 4}
    - TimeDistributed: [Dense: 5, Dropout: 0.1]
    - Dense: {units: 3, kernel_initializer: zeros}
train:
  epochs: 5
  optimizer: {Adam: {learning_rate: 0.01, clipnorm: 1}}
  metrics: [accuracy, mae]
  early_stopping: {patience: 3}
  class_weight: {a: 1, b: 2}
"""

LAYERS = "model.layers"
CHANGES: list[tuple[str, str, object]] = [
    # path and value, where to look, what is there
    ("train.epochs=7", "train.epochs", 7),
    (" train.epochs = 7", "train.epochs", 7),
    ("train.epochs=7  # not more", "train.epochs", 7),
    ("train.seed=3", "train.seed", 3),
    ("train.early_stopping=null", "train.early_stopping", None),
    ("train.early_stopping.min_delta=1e-3", "train.early_stopping", {"patience": 3, "min_delta": 0.001}),
    ("train.early_stopping={min_delta: 1}", "train.early_stopping", {"patience": 3, "min_delta": 1}),
    ("parameters.rate=0.5", "parameters.rate", 0.5),
    ("parameters.width=64", "parameters.width", 64),
    ("name=other", "name", "other"),
    ("data.split.test=0.3", "data.split", {"test": 0.3}),
    ("data.source=iris", "data.source", {"iris": {}}),
    ("data.source.csv.path=b.csv", "data.source.csv.path", "b.csv"),
    ("data.source.csv=b.csv", "data.source.csv", {"path": "b.csv"}),
    (
        "data.inputs.size.numeric.scale=standard",
        "data.inputs.size.numeric",
        {"columns": ["a", "b"], "scale": "standard"},
    ),
    ("data.inputs.size.numeric.columns.1=c", "data.inputs.size.numeric.columns", ["a", "c"]),
    ("data.inputs.size.numeric.columns=[c]", "data.inputs.size.numeric.columns", ["c"]),
    # an optimizer: its arguments are reached through its name; another name replaces it
    ("train.optimizer.Adam.learning_rate=0.1", "train.optimizer", {"Adam": {"learning_rate": 0.1, "clipnorm": 1}}),
    ("train.optimizer.adam.learning_rate=0.1", "train.optimizer", {"Adam": {"learning_rate": 0.1, "clipnorm": 1}}),
    ("train.optimizer.SGD.momentum=0.9", "train.optimizer", {"SGD": {"momentum": 0.9}}),
    ("train.optimizer=sgd", "train.optimizer", {"SGD": {}}),
    ("train.optimizer={Adam: 0.1}", "train.optimizer", {"Adam": {"learning_rate": 0.1, "clipnorm": 1}}),
    ("train.optimizer=Adam: 0.1", "train.optimizer", {"Adam": {"learning_rate": 0.1, "clipnorm": 1}}),
    ("train.optimizer.Adam=0.1", "train.optimizer", {"Adam": {"learning_rate": 0.1, "clipnorm": 1}}),
    (
        "train.optimizer.Adam.learning_rate.CosineDecay.decay_steps=9",
        "train.optimizer.Adam.learning_rate",
        {"CosineDecay": {"decay_steps": 9}},
    ),
    ("train.loss=mse", "train.loss", {"MeanSquaredError": {}}),
    ("train.loss.Huber.delta=0.5", "train.loss", {"Huber": {"delta": 0.5}}),
    # a list: replaced as a whole, an item by its number, its name or its class
    ("train.metrics=[AUC]", "train.metrics", [{"AUC": {}}]),
    ("train.metrics.0=AUC", "train.metrics.0", {"AUC": {}}),
    ("train.metrics.mae.name=error", "train.metrics.1", {"MeanAbsoluteError": {"name": "error"}}),
    ("train.callbacks=[ReduceLROnPlateau]", "train.callbacks", [{"ReduceLROnPlateau": {}}]),
    ("train.class_weight.b=5", "train.class_weight", {"a": 1, "b": 5}),
    ("train.class_weight=balanced", "train.class_weight", "balanced"),
    (f"{LAYERS}.0.Dense.units=9", f"{LAYERS}.0.Dense.units", 9),
    (f"{LAYERS}.0.units=9", f"{LAYERS}.0.Dense", {"units": 9, "activation": "relu", "name": "first"}),
    (f"{LAYERS}.first.units=9", f"{LAYERS}.0.Dense.units", 9),
    (f"{LAYERS}.first.Dense.units=9", f"{LAYERS}.0.Dense.units", 9),
    (f"{LAYERS}.Dropout.rate=0.5", f"{LAYERS}.1", {"Dropout": {"rate": 0.5}}),
    (f"{LAYERS}.Dropout={{Dropout: 0.5}}", f"{LAYERS}.1", {"Dropout": {"rate": 0.5}}),
    (f"{LAYERS}.MaxPool2D.strides=1", f"{LAYERS}.2.MaxPooling2D", {"pool_size": [2, 2], "strides": 1}),
    (f"{LAYERS}.2.pool_size.1=3", f"{LAYERS}.2.MaxPooling2D.pool_size", [2, 3]),
    (f"{LAYERS}.3.layer.LSTM.units=6", f"{LAYERS}.3.Bidirectional.layer", {"LSTM": {"units": 6}}),
    (f"{LAYERS}.Bidirectional.layer.GRU.units=6", f"{LAYERS}.3.Bidirectional.layer", {"GRU": {"units": 6}}),
    (
        f"{LAYERS}.TimeDistributed.layer.Dropout.rate=0.9",
        f"{LAYERS}.4.TimeDistributed.layer.1",
        {"Dropout": {"rate": 0.9}},
    ),
    (f"{LAYERS}.0={{GRU: 64}}", f"{LAYERS}.0", {"GRU": {"units": 64}}),
    (f"{LAYERS}.0.GRU.units=64", f"{LAYERS}.0", {"GRU": {"units": 64}}),
    (f"{LAYERS}.0={{Dense: 9}}", f"{LAYERS}.0.Dense", {"units": 9, "activation": "relu", "name": "first"}),
    (f"{LAYERS}.1=$other", f"{LAYERS}.1", "$other"),
    (f"{LAYERS}.5.kernel_initializer=he_normal", f"{LAYERS}.5.Dense.kernel_initializer", {"HeNormal": {}}),
    (f"{LAYERS}=[Dense: 1]", LAYERS, [{"Dense": {"units": 1}}]),
    ("train.loss.price.Huber.delta=0.5", "train.loss", {"price": {"Huber": {"delta": 0.5}}}),
    ("train.loss_weights.price=2", "train.loss_weights", {"price": 2}),
    ("model.architecture.mlp.hidden=[8]", "model.architecture", {"mlp": {"hidden": [8]}}),
    ("model.architecture={mlp: {hidden: [8]}}", "model", {"architecture": {"mlp": {"hidden": [8]}}}),
]

GRAPH = """
model:
  blocks: {wide: {parameters: {units: 8}, layers: [Dense: $units]}}
  shared: {code: {Dense: 4}}
  nodes:
    a: {Dense: {units: 8, activation: relu}, from: input}
    b: {layers: [Dense: 3, ReLU], from: a}
    c, d: {GRU: 4, from: b, initial_state: a}
    e: {wide: {units: 3}, from: c}
  outputs: e
"""
NODES: list[tuple[str, str, object]] = [
    ("model.nodes.a.Dense.units=9", "a", {"Dense": {"units": 9, "activation": "relu"}, "from": "input"}),
    ("model.nodes.a.from=b", "a", {"Dense": {"units": 8, "activation": "relu"}, "from": "b"}),
    ("model.nodes.a.GRU.units=9", "a", {"GRU": {"units": 9}, "from": "input"}),
    ("model.nodes.a={LSTM: 9}", "a", {"LSTM": {"units": 9}, "from": "input"}),
    ("model.nodes.b.layers.0.units=9", "b", {"layers": [{"Dense": {"units": 9}}, {"ReLU": {}}], "from": "a"}),
    (
        "model.nodes.b.layers.ReLU.max_value=6",
        "b",
        {"layers": [{"Dense": {"units": 3}}, {"ReLU": {"max_value": 6}}], "from": "a"},
    ),
    ("model.nodes.c, d.initial_state=b", "c, d", {"GRU": {"units": 4}, "from": "b", "initial_state": "b"}),
    ("model.nodes.e.wide.units=5", "e", {"wide": {"units": 5}, "from": "c"}),
    ("model.nodes.f={Dense: 3, from: e}", "f", {"Dense": {"units": 3}, "from": "e"}),
]


@pytest.mark.parametrize(("change", "node", "value"), NODES, ids=[change for change, _, _ in NODES])
def test_a_change_reaches_into_a_graph(change: str, node: str, value: object, load: Load) -> None:
    """A node's layer, its argument, what stands beside it; a whole node."""
    base = to_long_form(load(GRAPH), RECIPE)

    changed: Any = data_of(apply_override(base, change))

    assert changed["model"]["nodes"][node] == value


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("model.blocks.wide.parameters.units=4", "model.blocks.wide.parameters", {"units": 4}),
        ("model.blocks.wide.layers.0.units=4", "model.blocks.wide.layers.0", {"Dense": {"units": 4}}),
        ("model.shared.code.Dense.units=5", "model.shared.code", {"Dense": {"units": 5}}),
        ("model.outputs=[e, a]", "model.outputs", ["e", "a"]),
        ("model.outputs={e: kind}", "model.outputs", {"e": "kind"}),
    ],
)
def test_a_change_reaches_blocks_and_outputs(change: str, path: str, value: object, load: Load) -> None:
    """What a graph is made of, and what leaves it."""
    base = to_long_form(load(GRAPH), RECIPE)

    assert _look(data_of(apply_override(base, change)), path) == value


def test_a_node_that_is_not_there_has_no_parts(load: Load) -> None:
    """A slip in its name would make another node."""
    with pytest.raises(RecipeError) as refused:
        apply_override(to_long_form(load(GRAPH), RECIPE), "model.nodes.aa.Dense.units=3")

    assert [(problem.code, problem.message, problem.hint) for problem in refused.value.problems] == [
        ("unknown-path", "no node is called `aa`", "one of `a`, `b`, `c, d`, `e`")
    ]


def _look(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


@pytest.mark.parametrize(("change", "path", "value"), CHANGES, ids=[change for change, _, _ in CHANGES])
def test_a_change_is_laid_over_what_its_path_leads_to(change: str, path: str, value: object, load: Load) -> None:
    """By the rules of one recipe over another, and nothing else is touched."""
    base = to_long_form(load(BASE), RECIPE)

    changed = data_of(apply_override(base, change))

    assert _look(changed, path) == value


def test_nothing_else_is_touched(load: Load) -> None:
    """One change, one difference."""
    base = to_long_form(load(BASE), RECIPE)

    changed = data_of(apply_override(base, "model.layers.Dropout.rate=0.5"))

    expected = data_of(base)
    assert isinstance(expected, dict)
    expected["model"]["layers"][1] = {"Dropout": {"rate": 0.5}}
    assert changed == expected


def test_an_empty_section_is_made_on_the_way(load: Load) -> None:
    """A recipe without `train` can be given its epochs."""
    base = to_long_form(load("archcli: 1\ntrain:\n"), RECIPE)

    assert data_of(apply_override(base, "train.early_stopping.patience=3")) == {
        "archcli": 1,
        "train": {"early_stopping": {"patience": 3}},
    }


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ("model.layers.Dense.units=9", "`Dense` stands 2 times in this list", "say which by its number: `0`, `5`"),
        ("model.layers.6.units=9", "there is no item 6: the list has 6, counted from 0", None),
        ("model.layers.-1.units=9", "this list has no item `-1`", "an item goes by its number from 0 to 5"),
        (f"model.layers.{'9' * 5000}=1", f"there is no item {'9' * 5000}: the list has 6, counted from 0", None),
        ("model.layers.second.units=9", "this list has no item `second`", "an item goes by its number from 0 to 5"),
        ("model.layers.LSTM.units=9", "this list has no item `LSTM`", "an item goes by its number from 0 to 5"),
        ("train.metrics.acuracy.name=x", "this list has no item `acuracy`", "did you mean `accuracy`?"),
        (
            "train.optimizer.clipnorm=2",
            "no optimizer is called `clipnorm`",
            "write `Adam.clipnorm`: an argument is reached through the name it belongs to",
        ),
        ("train.optimizer.Adaam.clipnorm=2", "no optimizer is called `Adaam`", "did you mean `Adam`?"),
        (
            "model.architecture.hidden=2",
            "no architecture is called `hidden`",
            "the name of the architecture comes first, then its argument",
        ),
        (
            "model.layers.0.units.first=2",
            "`model.layers.0.units` has no parts, and the path goes on with `first`",
            "write `model.layers.0.units=...`",
        ),
        (".train.epochs=2", "a name is missing in the path `.train.epochs`", "one dot stands between two names"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(change: str, message: str, hint: str | None, load: Load) -> None:
    """At the name that is wrong."""
    base = to_long_form(load(BASE), RECIPE)

    with pytest.raises(RecipeError) as refused:
        apply_override(base, change)

    problem = refused.value.problems[0]
    assert (problem.code, problem.message, problem.hint) == ("unknown-path", message, hint)


def test_what_was_found_by_its_class_is_not_replaced_by_what_is_inside_it(load: Load) -> None:
    """`TimeDistributed.Dense` would be meant to look inside: it becomes an argument, which checking refuses."""
    base = to_long_form(load(BASE), RECIPE)

    changed = data_of(apply_override(base, "model.layers.TimeDistributed.Dense.units=9"))

    assert list(_look(changed, "model.layers.4")["TimeDistributed"]) == ["layer", "Dense"]
