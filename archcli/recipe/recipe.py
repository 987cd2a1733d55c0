"""The recipe as values: what checking gives and everything else takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from archcli.errors import Location


@dataclass(frozen=True)
class Fact:
    """A value that the data know and the recipe asks for: `$classes`, `$features.table`.

    Attributes:
        name: What is asked: `classes`, `features`, `steps`, `training_steps`.
        of: The input or target whose fact it is; None where only one has it.
        location: Where the recipe asks.
    """

    name: str
    of: str | None
    location: Location


@dataclass(frozen=True)
class Named:
    """Anything the recipe calls by name and arguments: a layer, an optimizer, a loss, a source, a feature.

    Attributes:
        name: Keras's class name, a small name of ours (`csv`, `numeric`), or one of Keras's strings (`accuracy`).
        arguments: The arguments as written, by name; what was left out is left out.
        location: Where the name stands.
        argument_locations: Where each argument's value stands.
    """

    name: str
    arguments: Mapping[str, Value]
    location: Location
    argument_locations: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """Layers one after another, where a layer is wanted or as the whole model."""

    layers: tuple[Layer, ...]
    location: Location


Layer = Named | Chain
Value = None | bool | int | float | str | tuple["Value", ...] | Mapping[str, "Value"] | Named | Chain | Fact


@dataclass(frozen=True)
class Split:
    """How the examples are divided.

    Attributes:
        validation: Share of all examples kept for validation, 0 to below 1.
        test: Share of all examples kept for the test, 0 to below 1.
        stratify: Whether every part gets the same share of each class; only with a category target.
        seed: Decides which example goes where.
        location: Where the recipe says so, or the data section where it does not.
    """

    validation: float
    test: float
    stratify: bool
    seed: int
    location: Location


@dataclass(frozen=True)
class Data:
    """Where the examples come from and how they meet the model, by name."""

    source: Named
    inputs: Mapping[str, Named]
    targets: Mapping[str, Named]
    split: Split
    location: Location


@dataclass(frozen=True)
class Model:
    """The layers and the Keras API that they are built with."""

    build: Literal["sequential", "functional"]
    layers: Chain


@dataclass(frozen=True)
class Objective:
    """What the model's output means, derived from the target and the last layer.

    Attributes:
        task: `classification` (one score per class), `binary` (one score, for the second of two classes) or
            `regression`.
        output: What the last layer gives: `logits`, `probabilities` or `values`.
        encoding: How the target is fed to loss and metrics: `index` (class number), `one_hot` or `number`.
    """

    task: Literal["classification", "binary", "regression"]
    output: Literal["logits", "probabilities", "values"]
    encoding: Literal["index", "one_hot", "number"]


@dataclass(frozen=True)
class EarlyStopping:
    """When training stops for lack of improvement, in the terms of `keras.callbacks.EarlyStopping`."""

    patience: int
    min_delta: float
    start_from_epoch: int


@dataclass(frozen=True)
class Train:
    """How the model is trained.

    Attributes:
        epochs: Passes over the training examples, from 1.
        batch_size: Examples per step, from 1.
        optimizer: The optimizer; clipping and learning-rate schedule are among its arguments.
        loss: The loss.
        metrics: Measured each epoch on training and validation examples.
        monitor: The logged quantity that decides which epoch was best, such as `val_loss`.
        early_stopping: None: train for all epochs.
        callbacks: Keras callbacks, called once an epoch.
        class_weight: Weight per class name, `balanced`, or None.
        shuffle: Whether each epoch has its own order, a function of seed and epoch alone.
        seed: Decides initial weights, order, dropout.
        deterministic: Whether TensorFlow's op determinism is switched on.
        compile: How steps are run.
        locations: Where the value of a key stands, by its path below `train`; for the keys that are written.
    """

    epochs: int
    batch_size: int
    optimizer: Named
    loss: Named
    metrics: tuple[Named, ...]
    monitor: str
    early_stopping: EarlyStopping | None
    callbacks: tuple[Named, ...]
    class_weight: Literal["balanced"] | Mapping[str, float] | None
    shuffle: bool
    seed: int
    deterministic: bool
    compile: Literal["auto", "graph", "xla", "eager"]
    locations: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """A whole recipe, checked."""

    name: str
    data: Data
    model: Model
    train: Train
    objective: Objective
