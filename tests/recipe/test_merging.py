"""One recipe over another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archcli.recipe.long_form import to_long_form
from archcli.recipe.merging import merge
from archcli.recipe.nodes import data_of
from archcli.recipe.schema import RECIPE

if TYPE_CHECKING:
    from tests.recipe.conftest import Load


def _merged(load: Load, base: str, over: str) -> Any:
    lower, upper = (to_long_form(load(text), RECIPE) for text in (base, over))
    return data_of(merge(lower, upper, RECIPE))


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ("train: {epochs: 5, seed: 1}", "train: {epochs: 9}", {"train": {"epochs": 9, "seed": 1}}),
        ("train: {epochs: 5}", "name: other", {"train": {"epochs": 5}, "name": "other"}),
        (
            "train: {optimizer: {Adam: {learning_rate: 0.1, clipnorm: 1}}}",
            "train: {optimizer: {Adam: 0.2}}",
            {"train": {"optimizer": {"Adam": {"learning_rate": 0.2, "clipnorm": 1}}}},
        ),
        (
            "train: {optimizer: {Adam: {clipnorm: 1}}}",
            "train: {optimizer: adam}",
            {"train": {"optimizer": {"Adam": {"clipnorm": 1}}}},
        ),
        (
            "train: {optimizer: {Adam: {learning_rate: 0.1, clipnorm: 1}}}",
            "train: {optimizer: {SGD: {momentum: 0.9}}}",
            {"train": {"optimizer": {"SGD": {"momentum": 0.9}}}},
        ),
        (
            "train: {optimizer: {SGD: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 9}}}}}",
            "train: {optimizer: {SGD: {learning_rate: {CosineDecay: 0.5}}}}",
            {
                "train": {
                    "optimizer": {
                        "SGD": {"learning_rate": {"CosineDecay": {"initial_learning_rate": 0.5, "decay_steps": 9}}}
                    }
                }
            },
        ),
        (
            "train: {optimizer: {SGD: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 9}}}}}",
            "train: {optimizer: {SGD: {learning_rate: 0.5}}}",
            {"train": {"optimizer": {"SGD": {"learning_rate": 0.5}}}},
        ),
        ("train: {metrics: [accuracy, AUC]}", "train: {metrics: [AUC]}", {"train": {"metrics": [{"AUC": {}}]}}),
        (
            "model: {build: functional, layers: [Dense: 3, Flatten]}",
            "model: {layers: [Flatten]}",
            {"model": {"build": "functional", "layers": [{"Flatten": {}}]}},
        ),
        (
            "train: {early_stopping: {patience: 5, min_delta: 0.1}}",
            "train: {early_stopping: {patience: 9}}",
            {"train": {"early_stopping": {"patience": 9, "min_delta": 0.1}}},
        ),
        (
            "train: {early_stopping: {patience: 5}}",
            "train: {early_stopping: null}",
            {"train": {"early_stopping": None}},
        ),
        (
            "train: {early_stopping: null}",
            "train: {early_stopping: {patience: 5}}",
            {"train": {"early_stopping": {"patience": 5}}},
        ),
        ("parameters: {a: 1, b: [2]}", "parameters: {b: [3], c: 4}", {"parameters": {"a": 1, "b": [3], "c": 4}}),
        ("parameters: {a: {x: 1}}", "parameters: {a: {y: 2}}", {"parameters": {"a": {"y": 2}}}),
        (
            "train: {class_weight: {no: 1, yes: 2}}",
            "train: {class_weight: {yes: 3}}",
            {"train": {"class_weight": {"no": 1, "yes": 3}}},
        ),
        (
            "train: {class_weight: balanced}",
            "train: {class_weight: {yes: 3}}",
            {"train": {"class_weight": {"yes": 3}}},
        ),
        (
            "data: {source: {csv: {path: a.csv, delimiter: ';'}}, inputs: {x: {numeric: {columns: a, scale: null}}}}",
            "data: {source: {csv: b.csv}, inputs: {x: {numeric: {columns: [a, b]}}, y: numeric}}",
            {
                "data": {
                    "source": {"csv": {"path": "b.csv", "delimiter": ";"}},
                    "inputs": {"x": {"numeric": {"columns": ["a", "b"], "scale": None}}, "y": {"numeric": {}}},
                }
            },
        ),
        ("data: {source: {csv: a.csv}}", "data: {source: iris}", {"data": {"source": {"iris": {}}}}),
        ("data: {inputs: {x: numeric}}", "data: {inputs: {x: null}}", {"data": {"inputs": {"x": None}}}),
        ("train: {seed: 1}", "train: null", {"train": None}),
        ("train: 5", "train: {epochs: 3}", {"train": 5}),
        (
            "train: {loss: {price: {Huber: 0.5}, kind: mse}}",
            "train: {loss: {price: {Huber: 0.1}}}",
            {"train": {"loss": {"price": {"Huber": {"delta": 0.1}}, "kind": {"MeanSquaredError": {}}}}},
        ),
        (
            "train: {loss: {price: mse, kind: mse}}",
            "train: {loss: mae}",
            {"train": {"loss": {"MeanAbsoluteError": {}}}},
        ),
        ("train: {metrics: {price: [mae]}}", "train: {metrics: {price: []}}", {"train": {"metrics": {"price": []}}}),
    ],
)
def test_mappings_merge_lists_are_replaced_and_so_is_another_class(
    base: str, over: str, merged: object, load: Load
) -> None:
    """All in long form; null switches off; a section that is none stays, for checking to report."""
    assert _merged(load, base, over) == merged


NODE = "{Dense: {units: 8, activation: relu}, from: a, training: true}"


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        (NODE, "{Dense: 9}", {"Dense": {"units": 9, "activation": "relu"}, "from": "a", "training": True}),
        (NODE, "{from: [b, c]}", {"Dense": {"units": 8, "activation": "relu"}, "from": ["b", "c"], "training": True}),
        (NODE, "{training: false}", {"Dense": {"units": 8, "activation": "relu"}, "from": "a", "training": False}),
        (NODE, "{GRU: 4}", {"GRU": {"units": 4}, "from": "a"}),
        (NODE, "{GRU: 4, from: b}", {"GRU": {"units": 4}, "from": "b"}),
        (NODE, "{layers: [Flatten]}", {"layers": [{"Flatten": {}}], "from": "a"}),
        ("{layers: [Flatten], from: a}", "{layers: [ReLU]}", {"layers": [{"ReLU": {}}], "from": "a"}),
        ("{layers: [Flatten], from: a}", "{wide, from: b}", {"wide": None, "from": "b"}),
        (
            "{wide: {units: 8, rate: 0.1}, from: a}",
            "{wide: {rate: 0.5}}",
            {"wide": {"units": 8, "rate": 0.5}, "from": "a"},
        ),
        ("{wide: {units: 8, rate: 0.1}, from: a}", "{wide: 16}", {"wide": 16, "from": "a"}),
        (NODE, "null", None),
    ],
)
def test_a_node_merges_with_a_node(base: str, over: str, merged: object, load: Load) -> None:
    """Another layer replaces the old one, and what stands beside stays where it still can."""
    both = _merged(load, f"model: {{nodes: {{x: {base}, y: {{ReLU, from: x}}}}}}", f"model: {{nodes: {{x: {over}}}}}")

    assert both == {"model": {"nodes": {"x": merged, "y": {"ReLU": {}, "from": "x"}}}}


@pytest.mark.parametrize(
    ("over", "form"),
    [
        ("layers: [Flatten]", "layers"),
        ("nodes: {a: {Flatten, from: input}}", "nodes"),
        ("architecture: mlp", "architecture"),
    ],
)
@pytest.mark.parametrize("base", ["layers: [ReLU]", "nodes: {b: {ReLU, from: input}}", "architecture: cnn"])
def test_one_form_of_a_model_replaces_another(base: str, over: str, form: str, load: Load) -> None:
    """Blocks and shared layers stay."""
    merged = _merged(
        load, f"model: {{build: functional, blocks: {{x: {{layers: [ReLU]}}}}, {base}}}", f"model: {{{over}}}"
    )

    assert isinstance(merged, dict)
    assert set(merged["model"]) == {"build", "blocks", form}


def test_each_value_keeps_the_place_it_was_written_at(load: Load) -> None:
    """So that a problem is shown in the file that has it."""
    lower, upper = load("train: {epochs: 5, seed: 1}"), load("# over\ntrain: {epochs: 9}")

    node = merge(lower, upper, RECIPE)

    lines = {scalar.text: scalar.location.line for scalar in _scalars(node)}
    assert lines == {"9": 2, "1": 1}


def _scalars(node: Any) -> list[Any]:
    return [entry.value for entry in node.get("train").entries]
