"""What only a whole training or a recipe has, against `Model.fit` or a loop by hand; and what must change no number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.utils.class_weight import compute_class_weight

from archcli.commands.running import Ready, make_ready
from archcli.engine.feeding import Examples, order_epoch
from archcli.layers.elman import Elman
from archcli.recipe.checking import load_recipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Keras's own callbacks read the learning rate in a way that NumPy 2 warns about.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]
layers = keras.layers
BATCH = 16

TABLE = """
archcli: 1
data:
  source: {csv: table.csv}
  inputs: {given: {numeric: [a, b]}}
  targets: {kind: category}
  split: {test: 0, validation: 0}
model: {layers: [Dense: {units: 4, activation: tanh}, Dense: {units: $classes, activation: softmax}]}
train: {optimizer: {SGD: 0.1}}
"""
TWO_HEADS = """
archcli: 1
data:
  source: {csv: table.csv}
  inputs: {given: {numeric: [a, b]}}
  targets: {kind: category, size: number}
  split: {test: 0, validation: 0}
model:
  nodes:
    trunk: {Dense: {units: 4, activation: tanh}, from: given}
    kind: {Dense: {units: $classes.kind, activation: softmax}, from: trunk}
    size: {Dense: 1, from: trunk}
  outputs: [kind, size]
train: {optimizer: {SGD: 0.1}, loss_weights: {kind: 0.5, size: 3}}
"""


@pytest.fixture
def ready(tmp_path: Path) -> Callable[..., Ready]:
    """Make everything ready for a recipe on a table of 53 rows, in which one class is rarer than the others."""

    def make(text: str, *changes: str) -> Ready:
        generator = np.random.default_rng(0)
        rows = [
            f"{a:.4f},{b:.4f},{'x' if a + b > 1 else 'y' if a > b else 'z'},{a * b:.4f}"
            for a, b in generator.normal(size=(53, 2))
        ]
        (tmp_path / "table.csv").write_text("a,b,kind,size\n" + "\n".join(rows) + "\n", encoding="utf-8")
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        return make_ready(load_recipe(path, changes))

    return make


def by_hand(given: Ready, **options: Any) -> keras.Model:
    """Write the network of `TABLE` in Keras, with the weights that the recipe's begins with."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(3, "softmax")])
    model.set_weights(given.prepared.core.get_weights())
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", jit_compile=False, **options)
    return model


def same(one: keras.Model, other: keras.Model) -> bool:
    """Return whether the weights of two models are equal, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize("weights", [{"x": 3.0, "y": 0.5}, "balanced"], ids=["given", "balanced"])
def test_weights_of_classes_are_those_of_fit(train: Any, ready: Any, weights: Any) -> None:
    """`class_weight` of a recipe is `class_weight` of `fit`; balanced weights are those of scikit-learn."""
    written = "balanced" if weights == "balanced" else "{x: 3, y: 0.5}"
    given = ready(TABLE, f"train.class_weight={written}")
    theirs, targets = by_hand(given), np.asarray(given.training.targets)
    classes = np.arange(3)
    chosen = [3.0, 0.5, 1.0] if weights != "balanced" else compute_class_weight("balanced", classes=classes, y=targets)

    outcome = train(given.prepared.core, given.training, shuffle=False)
    history = theirs.fit(
        given.training.inputs,
        targets,
        class_weight=dict(enumerate(map(float, chosen))),
        batch_size=BATCH,
        epochs=3,
        shuffle=False,
        verbose=0,
    ).history

    assert same(given.prepared.core, theirs)
    assert [row.metrics["loss"] for row in outcome.rows] == history["loss"]


def test_weights_of_losses_are_those_of_fit(train: Any, ready: Any) -> None:
    """`loss_weights` of a recipe is `loss_weights` of `compile`, also in the loss that is measured."""
    given = ready(TWO_HEADS)
    arrived = keras.Input((2,))
    trunk = layers.Dense(4, activation="tanh")(arrived)
    outputs = {"kind": layers.Dense(3, "softmax", name="kind")(trunk), "size": layers.Dense(1, name="size")(trunk)}
    theirs = keras.Model(arrived, outputs)
    theirs.set_weights(given.prepared.core.get_weights())
    losses, weights = {"kind": "sparse_categorical_crossentropy", "size": "mse"}, {"kind": 0.5, "size": 3.0}
    theirs.compile(keras.optimizers.SGD(0.1), losses, loss_weights=weights, jit_compile=False)
    options = {"batch_size": BATCH, "epochs": 3, "shuffle": False, "verbose": 0}

    outcome = train(given.prepared.core, given.training, shuffle=False)
    history = theirs.fit(np.asarray(given.training.inputs), dict(given.training.targets), **options).history

    assert same(given.prepared.core, theirs)
    assert [row.metrics["loss"] for row in outcome.rows] == history["loss"]
    assert [row.metrics["size_loss"] for row in outcome.rows] == history["size_loss"]


def test_a_layer_in_half_precision_has_its_loss_scaled(train: Any, ready: Any) -> None:
    """A recipe whose layer is in float16 trains as Keras does with `LossScaleOptimizer` around the optimizer."""
    given = ready(TABLE, "model.layers.0.Dense.dtype=mixed_float16")
    first = layers.Dense(4, activation="tanh", dtype="mixed_float16")
    theirs = keras.Sequential([keras.Input((2,)), first, layers.Dense(3, "softmax")])
    theirs.set_weights(given.prepared.core.get_weights())
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    theirs.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    options = {"batch_size": BATCH, "epochs": 3, "shuffle": False, "verbose": 0}

    train(given.prepared.core, given.training, shuffle=False)
    theirs.fit(np.asarray(given.training.inputs), np.asarray(given.training.targets), **options)

    assert same(given.prepared.core, theirs)


def test_a_rate_that_a_callback_sets_is_that_of_fit(
    train: Any, make_classifier: Any, uneven_examples: Examples
) -> None:
    """With Keras's `LearningRateScheduler` weights, rates and losses are equal bit for bit."""

    def falling() -> keras.callbacks.Callback:
        return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch else 0.2)

    ours, theirs = make_classifier(), make_classifier()
    examples = uneven_examples

    outcome = train(ours, examples, shuffle=False, callbacks=[falling()])
    history = theirs.fit(
        examples.inputs,
        examples.targets,
        batch_size=BATCH,
        epochs=3,
        shuffle=False,
        verbose=0,
        callbacks=[falling()],
    ).history

    assert [row.learning_rate for row in outcome.rows] == history["learning_rate"]
    assert len({row.learning_rate for row in outcome.rows}) == 3
    assert [row.metrics["loss"] for row in outcome.rows] == history["loss"]


def test_the_rule_of_1990_is_a_loop_by_hand(train: Any) -> None:
    """Sixty steps with a detached context end within 1e-6 of the same steps with an eager tape."""
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(80, 5, 3)), generator.normal(size=(80, 5, 1))
    inputs, targets = inputs.astype("float32"), targets.astype("float32")
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((5, 3)), Elman(4, 1, return_sequences=True)])
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    weights = {variable.name: tf.Variable(variable.numpy()) for variable in model.trainable_variables}

    train(model, Examples(inputs, targets), epochs=12, learning_rule="srn_1990", monitor="loss")
    for epoch in range(12):
        order = order_epoch(80, seed=5, epoch=epoch, shuffle=True)
        for rows in order.reshape(5, BATCH):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(run_elman(weights, inputs[rows]) - targets[rows]))
            for name, gradient in tape.gradient(loss, weights).items():
                weights[name].assign_sub(0.1 * gradient)

    gaps = {v.name: np.abs(v.numpy() - weights[v.name].numpy()).max() for v in model.trainable_variables}
    assert {name: gap for name, gap in gaps.items() if gap > 1e-6} == {}


def run_elman(weights: dict[str, Any], inputs: Any) -> Any:
    """Run an Elman network step by step, no gradient flowing from one step to the one before."""
    context, outputs = tf.zeros((len(inputs), 4)), []
    for step in range(inputs.shape[1]):
        driven = inputs[:, step] @ weights["kernel"] + tf.stop_gradient(context) @ weights["recurrent_kernel"]
        context = tf.tanh(driven + weights["bias"])
        outputs.append(context @ weights["output_kernel"] + weights["output_bias"])
    return tf.stack(outputs, axis=1)


def test_validation_of_any_size_changes_nothing_that_is_trained(train: Any) -> None:
    """Weights, seeds and the optimizer's variables are those of a training without validation, bit for bit.

    Recurrent dropout draws seeds in evaluation too. One example and 70 are a batch of evaluation that is not whole, and
    one that is with one that is not.
    """
    generator = np.random.default_rng(0)
    drawn, classes = generator.normal(size=(170, 4, 2)).astype("float32"), generator.integers(0, 3, 170)
    trained = []
    for count in (0, 1, 70):
        keras.utils.set_random_seed(7)
        recurrent = layers.SimpleRNN(3, dropout=0.2, recurrent_dropout=0.3)
        model = keras.Sequential([keras.Input((4, 2)), recurrent, layers.Dropout(0.3), layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"], jit_compile=False)
        validation = Examples(drawn[100 : 100 + count], classes[100 : 100 + count]) if count else None
        train(model, Examples(drawn[:100], classes[:100]), validation, monitor="loss")
        trained.append([np.array(variable) for variable in (*model.variables, *model.optimizer.variables)])

    without, *with_validation = trained
    assert all(np.array_equal(a, b) for other in with_validation for a, b in zip(without, other, strict=True))
