"""Optimizer, loss and metrics of a recipe are put on the model, tried, and measure probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss, precision_score, recall_score, roc_auc_score

from archcli.build.compiling import compile_model
from archcli.build.model import build_model
from archcli.errors import Location, RecipeError, Source
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named, Recipe

ReadRecipe = Callable[..., Recipe]

SPECIES = TargetFacts("species", "category", (), ("species",), ("iris", "lily", "rose"), (5, 5, 5))
SEX = TargetFacts("sex", "category", (), ("sex",), ("female", "male"), (5, 5))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), ("crime", "love", "war"), (5, 5, 5), separator=",")
PRICES = TargetFacts("prices", "number", (2,), ("low", "high"))
MULTILABEL = "{source: iris, targets: {genres: {multilabel: species}}}"
EXAMPLES = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
CLASSES = np.random.default_rng(1).integers(0, 3, 60)
SEXES = np.random.default_rng(2).integers(0, 2, 60)


def compiled(recipe: Recipe, target_facts: TargetFacts) -> keras.Model:
    """Build and compile the recipe's model for examples of four numbers."""
    built = build_model(recipe.model, inputs={"features": InputFacts("features", (4,), ("all",))})
    compile_model(built, recipe.train, recipe.objectives, dict.fromkeys(recipe.objectives, target_facts))
    return built.core


def measured(model: keras.Model, targets: Any) -> dict[str, float]:
    """Measure the model on the examples with what it was compiled with."""
    results: dict[str, float] = model.evaluate(EXAMPLES, targets, batch_size=60, verbose=0, return_dict=True)
    return results


def probabilities(model: keras.Model) -> Any:
    """Turn the model's logits into probabilities, independently of Keras."""
    logits = np.asarray(model(EXAMPLES), "float64")
    if logits.shape[1] == 1:
        return 1 / (1 + np.exp(-logits[:, 0]))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_recipe_is_found_in_the_compiled_model(read_recipe: ReadRecipe) -> None:
    """Optimizer with its schedule, loss and metrics are those written; the optimizer has its variables."""
    train = (
        "{epochs: 1, optimizer: {Adam: {learning_rate: {ExponentialDecay: {initial_learning_rate: 0.5, "
        "decay_steps: 10, decay_rate: 0.1}}, global_clipnorm: 1}}, loss: {Huber: 0.5}, "
        "metrics: [mae, RootMeanSquaredError]}"
    )

    model = compiled(read_recipe("- Dense: 2", data="{source: diabetes}", train=train), PRICES)

    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert model.optimizer.global_clipnorm == 1.0
    assert isinstance(model.optimizer._learning_rate, keras.optimizers.schedules.ExponentialDecay)
    assert len(model.optimizer.variables) == 1 + 2 * len(model.trainable_variables)
    assert isinstance(model.loss, keras.losses.Huber)
    assert model.jit_compile is False
    assert set(measured(model, np.zeros((60, 2), "float32"))) == {"loss", "mae", "root_mean_squared_error"}


def test_accuracy_and_loss_of_logits_are_right(read_recipe: ReadRecipe) -> None:
    """A linear output on classes is measured as its softmax is, by scikit-learn."""
    model = compiled(read_recipe("- Dense: 3", train="{epochs: 1, metrics: [accuracy, crossentropy]}"), SPECIES)

    results = measured(model, CLASSES)

    expected = probabilities(model)
    assert results["accuracy"] == pytest.approx(accuracy_score(CLASSES, expected.argmax(axis=1)))
    assert results["loss"] == pytest.approx(log_loss(CLASSES, expected), rel=1e-5)
    assert results["crossentropy"] == pytest.approx(results["loss"], rel=1e-5)


def test_thresholds_of_a_single_logit_are_of_its_sigmoid(read_recipe: ReadRecipe) -> None:
    """Precision, recall, F1, AUC and accuracy of one linear output are those of its sigmoid, by scikit-learn."""
    train = "{epochs: 1, metrics: [accuracy, Precision, Recall, AUC: 2000, F1Score: {threshold: 0.5}]}"
    model = compiled(read_recipe("- Dense: 1", train=train), SEX)

    results = measured(model, SEXES.reshape(-1, 1).astype("float32"))

    chances = probabilities(model)
    told = chances > 0.5
    assert results["accuracy"] == pytest.approx(accuracy_score(SEXES, told))
    assert results["precision"] == pytest.approx(precision_score(SEXES, told))
    assert results["recall"] == pytest.approx(recall_score(SEXES, told))
    assert results["f1_score"] == pytest.approx(f1_score(SEXES, told))
    assert results["auc"] == pytest.approx(roc_auc_score(SEXES, chances), abs=2e-3)


def test_thresholds_of_several_logits_are_of_their_softmax(read_recipe: ReadRecipe) -> None:
    """Precision and AUC over all classes are those of the softmax, not of a sigmoid of each score."""
    train = (
        "{epochs: 1, loss: {CategoricalCrossentropy: {from_logits: true}}, "
        "metrics: [accuracy, Precision, AUC: 2000, F1Score: {average: macro}]}"
    )
    model = compiled(read_recipe("- Dense: 3", train=train), SPECIES)
    targets = np.eye(3, dtype="float32")[CLASSES]

    results = measured(model, targets)

    chances = probabilities(model)
    assert results["accuracy"] == pytest.approx(accuracy_score(CLASSES, chances.argmax(axis=1)))
    assert results["precision"] == pytest.approx(precision_score(targets.ravel(), chances.ravel() > 0.5))
    assert results["auc"] == pytest.approx(roc_auc_score(targets.ravel(), chances.ravel()), abs=2e-3)
    assert results["f1_score"] == pytest.approx(f1_score(CLASSES, chances.argmax(axis=1), average="macro"))


def test_thresholds_of_the_logits_of_labels_are_of_their_sigmoids(read_recipe: ReadRecipe) -> None:
    """Each score is of one label: accuracy over all of them, the AUC and the F1 a mean over labels."""
    train = (
        "{epochs: 1, metrics: [accuracy, Precision, AUC: {num_thresholds: 2000, multi_label: true, num_labels: 3}, "
        "F1Score: {average: macro, threshold: 0.5}]}"
    )
    model = compiled(read_recipe("- Dense: 3", data=MULTILABEL, train=train), GENRES)
    targets = np.random.default_rng(3).integers(0, 2, (60, 3))

    results = measured(model, targets.astype("float32"))

    chances = 1 / (1 + np.exp(-np.asarray(model(EXAMPLES), "float64")))
    told = chances > 0.5
    assert results["loss"] == pytest.approx(log_loss(targets.ravel(), chances.ravel()), rel=1e-5)
    assert results["accuracy"] == pytest.approx((told == targets).mean())
    assert results["precision"] == pytest.approx(precision_score(targets, told, average="micro"))
    assert results["auc"] == pytest.approx(roc_auc_score(targets, chances, average="macro"), abs=2e-3)
    assert results["f1_score"] == pytest.approx(f1_score(targets, told, average="macro"))


def test_a_saved_model_says_nothing_of_its_training(read_recipe: ReadRecipe) -> None:
    """It loads where there are none of the metrics that wrap Keras's."""
    model = compiled(read_recipe("- Dense: 1", train="{epochs: 1, metrics: [Precision]}"), SEX)

    assert model.get_compile_config() == {}


def test_trying_leaves_no_trace(read_recipe: ReadRecipe) -> None:
    """The examples of zeros that loss and metrics are tried on are in no result."""
    model = compiled(read_recipe("- Dense: 1", train="{epochs: 1, metrics: [TruePositives, TrueNegatives]}"), SEX)

    results = measured(model, SEXES.reshape(-1, 1).astype("float32"))

    told = probabilities(model) > 0.5
    assert results["true_positives"] == float((told & (SEXES == 1)).sum())
    assert results["true_negatives"] == float((~told & (SEXES == 0)).sum())


def test_columns_have_names_of_their_own(read_recipe: ReadRecipe) -> None:
    """Metrics are named after their class, counted from the first of the model; a given name is kept."""
    recipe = read_recipe("- Dense: 1", train="{epochs: 1, metrics: [AUC]}")
    output = next(iter(recipe.train.metrics))
    auc = Named("AUC", {}, recipe.train.metrics[output][0].location)
    called = Named("AUC", {"name": "area", "curve": "PR"}, auc.location)

    for _ in range(2):
        model = compiled(replace(recipe, train=replace(recipe.train, metrics={output: (auc, called, auc)})), SEX)
        assert set(measured(model, SEXES.reshape(-1, 1).astype("float32"))) == {"loss", "auc", "area", "auc_1"}


def test_a_layer_in_half_precision_gets_a_scaled_loss(read_recipe: ReadRecipe) -> None:
    """Where one layer alone computes in float16, the loss is scaled too, as Keras does for a policy of the program."""
    layers = "- Dense: {units: 4, dtype: mixed_float16}\n- Dense: {units: 2, dtype: float32}"

    model = compiled(read_recipe(layers, data="{source: diabetes}"), PRICES)

    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert isinstance(model.optimizer.inner_optimizer, keras.optimizers.Adam)
    assert model.optimizer.built


@pytest.mark.parametrize(
    ("layers", "metrics", "target_facts", "message", "hint"),
    [
        (
            "- Dense: 1",
            "[F1Score]",
            SEX,
            "the metric `F1Score` without `threshold` looks for the largest of several scores, but there is one",
            "give it `threshold: 0.5`",
        ),
        (
            "- Dense: 3",
            "[F1Score: {average: macro}]",
            GENRES,
            (
                "the metric `F1Score` without `threshold` looks for the largest of several scores, but each label is "
                "right or wrong by itself"
            ),
            "give it `threshold: 0.5`",
        ),
        (
            "- Dense: 3",
            "[F1Score]",
            SPECIES,
            "the metric `F1Score` gives a number for each output, but a column of the history holds one",
            "give it `average: macro`",
        ),
        (
            "- Dense: 2",
            "[R2Score: {class_aggregation: null}]",
            PRICES,
            "the metric `R2Score` gives a number for each output, but a column of the history holds one",
            "give it `class_aggregation: uniform_average`",
        ),
    ],
    ids=["no threshold", "no threshold for labels", "no average", "no aggregation"],
)
def test_a_metric_that_is_not_one_number_is_refused(
    layers: str, metrics: str, target_facts: TargetFacts, message: str, hint: str, read_recipe: ReadRecipe
) -> None:
    """A metric that would measure nothing, or several numbers, is reported before training, with what to write."""
    loss = ", loss: {CategoricalCrossentropy: {from_logits: true}}" if target_facts is SPECIES else ""
    data = {"prices": "{source: diabetes}", "genres": MULTILABEL}.get(target_facts.name, "{source: iris}")
    recipe = read_recipe(layers, data=data, train=f"{{epochs: 1, metrics: {metrics}{loss}}}")

    with pytest.raises(RecipeError) as caught:
        compiled(recipe, target_facts)

    assert [(found.code, found.message, found.hint) for found in caught.value.problems] == [
        ("metric-does-not-fit", message, hint)
    ]


def test_everything_that_does_not_fit_is_reported_at_once(read_recipe: ReadRecipe) -> None:
    """What Keras refuses, what cannot compare output and target and what lacks its partner are all reported."""
    recipe = read_recipe("- Dense: 3")
    place = Location(Source("recipe.yaml"), 1)
    output = next(iter(recipe.train.loss))
    train = replace(
        recipe.train,
        optimizer=Named("Lion", {"beta_1": 0.0}, place),
        loss={output: Named("CTC", {}, place)},
        metrics={output: (Named("Precision", {}, place),)},
        callbacks=(Named("SwapEMAWeights", {}, place),),
    )

    with pytest.raises(RecipeError) as caught:
        compiled(replace(recipe, train=train), SPECIES)

    assert [(found.code, found.message) for found in caught.value.problems] == [
        (
            "keras-rejects",
            "Keras refuses `Lion`: argument `beta_1` must be in the [0, 1] range; received: beta_1=0.0",
        ),
        (
            "loss-does-not-fit",
            (
                "the loss `CTC` cannot compare output (batch, 3) with target (batch): targets `y_true` are expected to "
                "be a tensor of shape `(batch_size, max_length)` in integer format; received: y_true.shape=(2,)"
            ),
        ),
        (
            "metric-does-not-fit",
            (
                "the metric `Precision` cannot compare output (batch, 3) with target (batch): incompatible shapes: "
                "[1,2] vs. [1,6]"
            ),
        ),
        ("no-averages", "`SwapEMAWeights` swaps in averaged weights, but `Lion` keeps none"),
    ]
