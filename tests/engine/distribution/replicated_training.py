"""Trains the same models on one device and on several replicas: a script, since devices are a process's own.

    replicated_training.py mirrored OUT.npz    on one device and on two of the machine, one after another
    replicated_training.py worker OUT.npz      as the worker that `TF_CONFIG` says

`OUT.npz` holds, for each case, weights and histories by `<case>/<where>/<what>`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- quietly
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from archcli.engine.distribution.distribution import ALONE, Distribution, open_distribution  # noqa: E402
from archcli.engine.feeding import Examples  # noqa: E402
from archcli.engine.progress import SilentProgress  # noqa: E402
from archcli.engine.settings import Settings  # noqa: E402
from archcli.engine.training import train_model  # noqa: E402

layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses
BATCH = 16


@dataclass(frozen=True)
class Case:
    """One model and what it learns."""

    layers: Callable[[], list[Any]]
    optimizer: Callable[[], Any] = lambda: optimizers.SGD(0.1, momentum=0.9)
    count: int = 103
    kind: str = "rows"
    loss: Callable[[], Any] = lambda: losses.SparseCategoricalCrossentropy(from_logits=True)
    metrics: tuple[str, ...] = ("accuracy",)
    settings: dict[str, Any] = field(default_factory=dict)


def dense() -> list[Any]:
    """Return a hidden layer and scores of three classes."""
    return [layers.Dense(8, activation="relu"), layers.Dense(3)]


def normalized() -> list[Any]:
    """Return a batch normalization between two layers."""
    return [layers.Dense(8, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.Dense(3)]


def regularized() -> list[Any]:
    """Return layers whose weights and activities are penalized."""
    penalty = {"kernel_regularizer": keras.regularizers.L2(0.01), "activity_regularizer": keras.regularizers.L2(0.01)}
    return [layers.Dense(8, activation="relu", **penalty), layers.Dense(3)]


def recurrent() -> list[Any]:
    """Return an LSTM that answers at each step of sequences with padding."""
    return [layers.Embedding(6, 4, mask_zero=True), layers.LSTM(5, return_sequences=True), layers.Dense(3)]


def masked_norm() -> list[Any]:
    """Return a batch normalization of the steps that are no padding."""
    embedding = layers.Embedding(6, 4, mask_zero=True)
    return [embedding, layers.BatchNormalization(), layers.LSTM(5, return_sequences=True), layers.Dense(3)]


def half() -> list[Any]:
    """Return layers that compute with 16 bits."""
    return [layers.Dense(8, activation="relu", dtype="mixed_float16"), layers.Dense(3)]


def weighted_loss() -> Any:
    """Return a loss that divides by the sum of the weights."""
    return losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")


CASES = {
    "plain": Case(dense),
    "adam_l2": Case(regularized, lambda: optimizers.Adam(0.01), count=97),
    "batch_norm": Case(normalized, lambda: optimizers.SGD(0.1, momentum=0.9, clipnorm=0.1), kind="weighted"),
    "global_clipnorm": Case(dense, lambda: optimizers.SGD(0.1, momentum=0.9, global_clipnorm=0.05)),
    "accumulation": Case(
        dense, lambda: optimizers.AdamW(0.01, gradient_accumulation_steps=3, clipvalue=0.01, use_ema=True)
    ),
    "lstm": Case(recurrent, lambda: optimizers.Adam(0.01, global_clipnorm=0.1), kind="padded"),
    "two_outputs": Case(dense, lambda: optimizers.Adam(0.01), count=96, kind="two"),
    "weights": Case(dense, kind="weighted", loss=weighted_loss),
    "sum": Case(
        dense,
        lambda: optimizers.SGD(0.005),
        count=97,
        loss=lambda: losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
    ),
    "half": Case(half, lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.01))),
    "xla": Case(dense, settings={"mode": "xla"}),
    "eager": Case(dense, count=35, settings={"mode": "eager", "epochs": 2}),
    "masked_norm": Case(masked_norm, kind="padded"),
}
BY_WORKERS = ("plain", "adam_l2", "batch_norm", "global_clipnorm", "accumulation", "lstm")


def draw(kind: str, count: int) -> Examples:
    """Draw examples of one kind, always the same."""
    generator = np.random.default_rng(0)
    if kind == "padded":
        lengths = generator.integers(2, 8, count)
        words = generator.integers(1, 6, (count, 7)) * (np.arange(7) < lengths[:, np.newaxis])
        return Examples(words.astype("int32"), (words % 3).astype("int32"), None, lengths)
    rows = generator.normal(size=(count, 6)).astype("float32")
    classes = (rows[:, :3] - rows[:, 3:] + generator.normal(size=(count, 3))).argmax(axis=1).astype("int32")
    if kind == "two":
        return Examples(rows, {"kind": classes, "size": rows[:, :1]})
    return Examples(rows, classes, generator.uniform(0, 2, count).astype("float32") if kind == "weighted" else None)


def build(case: Case, examples: Examples) -> keras.Model:
    """Build and compile the model of a case, always the same."""
    keras.utils.set_random_seed(7)
    array = np.asarray(examples.inputs)
    given = keras.Input(array.shape[1:], dtype=str(array.dtype))
    hidden, *rest = case.layers()
    tensor = hidden(given)
    for layer in rest[:-1]:
        tensor = layer(tensor)
    loss: Any = case.loss()
    metrics: Any = list(case.metrics)
    outputs: Any = rest[-1](tensor)
    weights = None
    if case.kind == "two":
        outputs = {"kind": layers.Activation("linear", name="kind")(outputs), "size": layers.Dense(1)(tensor)}
        loss, weights = {"kind": loss, "size": losses.Huber()}, {"kind": 1.0, "size": 0.3}
        metrics = {"kind": metrics, "size": [keras.metrics.R2Score()]}
    model = keras.Model(given, outputs)
    model.compile(case.optimizer(), loss=loss, loss_weights=weights, metrics=metrics, jit_compile=False)
    return model


def train(name: str, distribution: Distribution) -> dict[str, Any]:
    """Train a case and return its weights and its history."""
    case = CASES[name]
    examples, validation = draw(case.kind, case.count), draw(case.kind, 37)
    keras.backend.clear_session()
    with distribution.scope():
        model = build(case, examples)
    chosen = {"epochs": 8, "mode": "graph", **case.settings}
    settings = Settings(batch_size=BATCH, seed=5, monitor="val_loss", distribution=distribution, **chosen)
    with tempfile.TemporaryDirectory() as folder:
        outcome = train_model(
            model,
            examples,
            validation,
            settings,
            callbacks=(),
            checkpoints=Path(folder),
            progress=SilentProgress(),
            resume=False,
        )
    synchronized = [layer.synchronized for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    history = [[row.metrics[key] for key in sorted(row.metrics)] for row in outcome.rows]
    found = {f"weight{index}": weight for index, weight in enumerate(model.get_weights())}
    return {**found, "history": history, "synchronized": synchronized}


def main(where: str, out: str) -> None:
    """Train all cases and write what came of them."""
    if where == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
        plan = {name: {"one": ALONE, "many": open_distribution("mirrored")} for name in CASES}
    else:
        distribution = open_distribution("multi_worker")
        plan = {name: {f"worker{distribution.worker_index}": distribution} for name in BY_WORKERS}
    found = {
        f"{name}/{place}/{what}": value
        for name, places in plan.items()
        for place, distribution in places.items()
        for what, value in train(name, distribution).items()
    }
    np.savez(out, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
