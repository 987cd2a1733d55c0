"""Each output has a loss, a weight and metrics, is held against its own target, and answers in that target's terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_absolute_error, r2_score

from archcli.build.compiling import compile_model
from archcli.build.model import Built, build_model
from archcli.build.output import check_outputs
from archcli.build.serving import compose_saved_model
from archcli.errors import RecipeError
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named, Objective, Recipe, Value

ReadRecipe = Callable[..., Recipe]
BuildGraph = Callable[..., Built]

RANDOM = np.random.default_rng(0)
KIND = TargetFacts("kind", "category", (), ("kind",), ("a", "b", "c"), (5, 5, 5))
PRICE = TargetFacts("price", "number", (1,), ("price",), scale=(2.0,), offset=(10.0,))
LABELS = TargetFacts("label", "category", (5,), ("label",), ("a", "b", "c"), (5, 5, 5), padded=True)
YES = TargetFacts("yes", "category", (5,), ("yes",), ("no", "yes"), (5, 5), padded=True)
PATH = TargetFacts("path", "number", (5, 2), ("x", "y"), padded=True)
LOGITS = Objective("classification", "logits", "index")
ONE_HOT = Objective("classification", "probabilities", "one_hot")
BINARY = Objective("binary", "probabilities", "index")
VALUES = Objective("regression", "values", "number")
TWO = """
nodes:
  kind: {Dense: 3, from: x}
  price: {Dense: 1, from: x}
outputs: {kind: y, price: y}
"""


def judged(recipe: Recipe, by_output: Mapping[str, tuple[str, tuple[str, ...], float]], **arguments: Value) -> Recipe:
    """Give a recipe the loss, the metrics and the loss's weight of each output."""
    place = recipe.train.optimizer.location
    sparse: Mapping[str, Value] = {"from_logits": True}
    train = replace(
        recipe.train,
        loss={
            name: Named(loss, sparse if loss.startswith("Sparse") else {}, place)
            for name, (loss, _, _) in by_output.items()
        },
        loss_weights={name: weight for name, (_, _, weight) in by_output.items()},
        metrics={
            name: tuple(Named(metric, dict(arguments), place) for metric in metrics)
            for name, (_, metrics, _) in by_output.items()
        },
    )
    return replace(recipe, train=train)


def test_losses_are_weighted_and_metrics_are_the_outputs_own(build_graph: BuildGraph, read_recipe: ReadRecipe) -> None:
    """The loss is the weighted sum, each column has its output's name, and the numbers are scikit-learn's."""
    built = build_graph(TWO, x=(4,))
    losses = {
        "kind": ("SparseCategoricalCrossentropy", ("SparseCategoricalAccuracy",), 0.5),
        "price": ("MeanSquaredError", ("MeanAbsoluteError",), 2.0),
    }
    recipe = judged(read_recipe("- Dense: 3"), losses)
    examples = RANDOM.normal(size=(40, 4)).astype("float32")
    kinds, prices = RANDOM.integers(0, 3, 40), RANDOM.normal(size=(40, 1)).astype("float32")

    compile_model(built, recipe.train, {"kind": LOGITS, "price": VALUES}, {"kind": KIND, "price": PRICE})

    targets = {"kind": kinds, "price": prices}
    results = built.core.evaluate(examples, targets, batch_size=40, verbose=0, return_dict=True)
    given = {name: np.asarray(tensor) for name, tensor in built.core(examples).items()}
    powers = np.exp(given["kind"].astype("float64"))
    entropy = log_loss(kinds, powers / powers.sum(axis=1, keepdims=True))
    squared = float(np.mean((given["price"] - prices) ** 2))
    accuracy = accuracy_score(kinds, given["kind"].argmax(axis=1))
    assert results["kind_sparse_categorical_accuracy"] == pytest.approx(accuracy)
    assert results["price_mean_absolute_error"] == pytest.approx(mean_absolute_error(prices, given["price"]), rel=1e-5)
    assert results["loss"] == pytest.approx(0.5 * entropy + 2 * squared, rel=1e-5)


def sequences(
    read_recipe: ReadRecipe,
    objective: Objective,
    target: TargetFacts,
    loss: str,
    metric: str,
    layer: str,
    **arguments: Value,
) -> keras.Model:
    """Build and compile a network that answers at each of five steps."""
    recipe = read_recipe(f"- {layer}", data="{source: diabetes}")
    name = next(iter(recipe.model.outputs))
    recipe = judged(recipe, {name: (loss, (metric,), 1.0)}, **arguments)
    built = build_model(recipe.model, inputs={"x": InputFacts("x", (5, 4), ("x",))})
    check_outputs(built, recipe.model, {name: objective}, {name: target})
    compile_model(built, recipe.train, {name: objective}, {name: target})
    return built.core


def test_steps_without_a_label_do_not_count(read_recipe: ReadRecipe) -> None:
    """Accuracy over the labels that are there, whatever is told where there is none."""
    loss, metric = "SparseCategoricalCrossentropy", "SparseCategoricalAccuracy"
    core = sequences(read_recipe, LOGITS, LABELS, loss, metric, "Dense: 3")
    examples = RANDOM.normal(size=(8, 5, 4)).astype("float32")
    labels = RANDOM.integers(0, 3, (8, 5))
    weights = (RANDOM.uniform(size=(8, 5)) > 0.4).astype("float32")

    results = core.evaluate(examples, labels, sample_weight=weights, batch_size=8, verbose=0, return_dict=True)

    told = np.asarray(core(examples)).argmax(axis=-1)
    expected = accuracy_score(labels.ravel(), told.ravel(), sample_weight=weights.ravel())
    assert results["sparse_categorical_accuracy"] == pytest.approx(expected)


def test_numbers_at_steps_are_measured_as_rows(read_recipe: ReadRecipe) -> None:
    """R2, which Keras measures on one row an example, is that of all steps that count."""
    path = sequences(read_recipe, VALUES, PATH, "MeanSquaredError", "R2Score", "Dense: 2")
    examples = RANDOM.normal(size=(8, 5, 4)).astype("float32")
    numbers = RANDOM.normal(size=(8, 5, 2)).astype("float32")
    weights = (RANDOM.uniform(size=(8, 5)) > 0.4).astype("float32")

    results = path.evaluate(examples, numbers, sample_weight=weights, batch_size=8, verbose=0, return_dict=True)

    chosen = weights.ravel() > 0
    told = np.asarray(path(examples)).reshape(-1, 2)[chosen]
    assert results["r2_score"] == pytest.approx(r2_score(numbers.reshape(-1, 2)[chosen], told), abs=1e-4)


def test_f1_at_steps_is_that_of_all_labels(read_recipe: ReadRecipe) -> None:
    """F1 of the classes over all steps, by scikit-learn."""
    core = sequences(
        read_recipe,
        ONE_HOT,
        replace(LABELS, padded=False),
        "CategoricalCrossentropy",
        "F1Score",
        "Dense: {units: 3, activation: softmax}",
        average="macro",
    )
    examples = RANDOM.normal(size=(8, 5, 4)).astype("float32")
    labels = RANDOM.integers(0, 3, (8, 5))

    results = core.evaluate(examples, np.eye(3)[labels], batch_size=8, verbose=0, return_dict=True)

    told = np.asarray(core(examples)).argmax(axis=-1)
    assert results["f1_score"] == pytest.approx(f1_score(labels.ravel(), told.ravel(), average="macro"), abs=1e-5)


@pytest.mark.parametrize(
    ("layers", "objective", "target", "message", "hint"),
    [
        (
            "- GRU: 4\n- Dense: 3",
            LOGITS,
            LABELS,
            (
                "the model gives (batch, 3), but the target `label` has 3 classes at each of 5 places and "
                "wants (batch, 5, 3)"
            ),
            "give the `GRU` on line 4 `return_sequences: true`, so that it answers at every step",
        ),
        (
            "- Dense: 4",
            LOGITS,
            LABELS,
            (
                "the model gives (batch, 5, 4), but the target `label` has 3 classes at each of 5 places and "
                "wants (batch, 5, 3)"
            ),
            "write `units: $classes`",
        ),
        (
            "- Dense: {units: 2, activation: sigmoid}",
            BINARY,
            YES,
            (
                "the model gives (batch, 5, 2), but the target `yes` has 2 classes at each of 5 places and "
                "wants (batch, 5, 1)"
            ),
            "write `units: 1`",
        ),
        (
            "- Cropping1D: 1\n- Dense: 2",
            VALUES,
            PATH,
            (
                "the model gives (batch, 3, 2), but the target `path` has 2 numbers at each of 5 places and "
                "wants (batch, 5, 2)"
            ),
            None,
        ),
    ],
)
def test_answers_at_steps_are_held_against_their_target(
    layers: str, objective: Objective, target: TargetFacts, message: str, hint: str | None, read_recipe: ReadRecipe
) -> None:
    """An answer for each step, and for each step as many scores or numbers as the target has."""
    recipe = read_recipe(layers, data="{source: diabetes}")
    name = next(iter(recipe.model.outputs))
    built = build_model(recipe.model, inputs={"x": InputFacts("x", (5, 4), ("x",))})

    with pytest.raises(RecipeError) as caught:
        check_outputs(built, recipe.model, {name: objective}, {name: target})

    assert [(found.message, found.hint) for found in caught.value.problems] == [(message, hint)]


def test_a_length_that_is_not_known_fits(read_recipe: ReadRecipe) -> None:
    """Sequences of any length may answer as many steps as the target has."""
    recipe = read_recipe("- Dense: 2", data="{source: diabetes}")
    name = next(iter(recipe.model.outputs))

    built = build_model(recipe.model, inputs={"x": InputFacts("x", (None, 4), ("x",))})

    check_outputs(built, recipe.model, {name: VALUES}, {name: PATH})
    assert built.outputs[name].shape == (None, None, 2)


def test_every_output_that_does_not_fit_is_named(build_graph: BuildGraph, read_recipe: ReadRecipe) -> None:
    """Of several outputs each is reported, by its name."""
    model = TWO.replace("Dense: 3", "Dense: 4").replace("Dense: 1", "Dense: 2")
    built = build_graph(model, x=(4,))
    recipe = read_recipe("- Dense: 3")
    outputs = replace(recipe.model, outputs={"kind": "kind", "price": "price"})

    with pytest.raises(RecipeError) as caught:
        check_outputs(built, outputs, {"kind": LOGITS, "price": VALUES}, {"kind": KIND, "price": PRICE})

    assert [found.message for found in caught.value.problems] == [
        "the output `kind` gives (batch, 4), but the target `kind` has 3 classes and wants (batch, 3)",
        "the output `price` gives (batch, 2), but the target `price` has 1 number and wants (batch, 1)",
    ]


def test_the_saved_model_answers_each_target_in_its_terms(build_graph: BuildGraph) -> None:
    """Raw inputs by name in; probabilities, units and what is only written out, by name; labels likewise."""
    model = """
nodes:
  both: {Concatenate, from: [a, b]}
  kind: {Dense: 3, from: both}
  price: {Dense: 1, from: both}
  code: {Dense: 2, from: both}
outputs: {kind: y, price: y, code: null}
"""
    scaled = InputFacts("a", (3,), ("a",), scale=(0.5,), offset=(1.0,))
    plain = InputFacts("b", (2,), ("b",))
    network = build_graph(model, a=scaled, b=plain).whole
    raw = {"a": RANDOM.normal(size=(6, 3)).astype("float32"), "b": RANDOM.normal(size=(6, 2)).astype("float32")}

    saved = compose_saved_model(
        network,
        inputs={"a": scaled, "b": plain},
        outputs={"kind": KIND, "price": PRICE, "code": None},
        objectives={"kind": LOGITS, "price": VALUES},
    )

    given = network({"a": raw["a"] * 0.5 + 1, "b": raw["b"]})
    answers = saved(raw)
    assert np.allclose(answers["kind"], keras.ops.softmax(given["kind"]), atol=1e-6)
    assert np.allclose(answers["price"], np.asarray(given["price"]) * 2 + 10, atol=1e-5)
    assert np.array_equal(answers["code"], given["code"])
    assert saved.get_layer("kind_labels").names == ("a", "b", "c")


def test_an_input_called_like_a_layer_keeps_its_name(build_graph: BuildGraph) -> None:
    """Inputs are taken by name: it is the layers round the network that evade."""
    model = """
nodes: {out: {layers: [Concatenate, Dense: 3], from: [labels, network]}}
"""
    facts = {name: InputFacts(name, (2,), (name,)) for name in ("labels", "network")}
    network = build_graph(model, **facts).whole

    saved = compose_saved_model(network, inputs=facts, outputs={"kind": KIND}, objectives={"kind": LOGITS})

    assert saved({name: np.zeros((1, 2), "float32") for name in facts}).shape == (1, 3)
    assert saved.get_layer("labels_1").names == ("a", "b", "c")
