"""The recipe as values: what checking gives and everything else takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from archcli.errors import Location

if TYPE_CHECKING:
    from archcli.recipe.tuning import Tuning

AbsentClasses = Literal["refuse", "allow"]
"""What is done where a part has no example of a class."""


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


@dataclass(frozen=True)
class Block:
    """One use of a block, a pattern of layers: it has weights of its own.

    Attributes:
        name: What the recipe calls the block.
        body: Its layers, the parameters put in.
        location: Where it is used.
    """

    name: str
    body: Body
    location: Location


@dataclass(frozen=True)
class Shared:
    """One use of a shared layer: all uses have the same weights.

    Attributes:
        name: What the recipe calls it; the layer itself is in `Model.shared`.
        location: Where it is used.
    """

    name: str
    location: Location


@dataclass(frozen=True)
class GraphNode:
    """A node of a graph: layers, and the tensors that they read and give.

    Attributes:
        names: Of the tensors that the last layer gives, in Keras's order; None for one that nobody wants.
        layers: One after another; the first takes `inputs`.
        inputs: Names of the tensors under `from`, in order.
        tensors: Tensors that the first layer takes by the name of an argument of its call: `initial_state`, `value`;
            for a block, by the name of its input.
        arguments: Values that its call takes by name: `use_causal_mask`.
        location: Where the names stand.
        locations: Where the value of `from` and of each argument stands, by name.
    """

    names: tuple[str | None, ...]
    layers: tuple[Layer, ...]
    inputs: tuple[str, ...]
    tensors: Mapping[str, str | tuple[str, ...]]
    arguments: Mapping[str, Value]
    location: Location
    locations: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Layers that hand tensors to each other by name.

    Attributes:
        inputs: Names of the tensors that arrive.
        nodes: Each after all that it reads.
        outputs: Names of the tensors that leave: of nodes, or of inputs that are handed on.
        location: Where the nodes begin.
    """

    inputs: tuple[str, ...]
    nodes: tuple[GraphNode, ...]
    outputs: tuple[str, ...]
    location: Location


Layer = Named | Chain | Block | Shared
Body = Chain | Graph
Value = (
    None
    | bool
    | int
    | float
    | str
    | tuple["Value", ...]
    | Mapping[str, "Value"]
    | Named
    | Chain
    | Block
    | Shared
    | GraphNode
    | Fact
)


@dataclass(frozen=True)
class Split:
    """How the examples are divided.

    Attributes:
        validation: Share of all examples kept for validation, 0 to below 1.
        test: Share of all examples kept for the test, 0 to below 1.
        stratify: Whether every part gets the same share of each class; only with a category target.
        seed: Decides which example goes where.
        location: Where the recipe says so, or the data section where it does not.
        group: The column whose equal values stay in one part; None: each example is on its own.
        time: Whether the examples are cut in their order: training first, test last.
        folds: How many parts the examples are cut into, each the test once; None: they are divided once.
        fold: Which of them is the test, from 1; None where each is, one run after another.
        absent_classes: Whether a class may be trained that validation or test has no example of.
    """

    validation: float
    test: float
    stratify: bool
    seed: int
    location: Location
    group: str | None = None
    time: bool = False
    folds: int | None = None
    fold: int | None = None
    absent_classes: AbsentClasses = "refuse"


@dataclass(frozen=True)
class Data:
    """Where the examples come from and how they meet the model, by name.

    Attributes:
        source: Where they come from.
        inputs: What goes into the model.
        targets: What it learns.
        split: How the examples are divided.
        location: Where the recipe says so.
        written_targets: Those of the targets that the recipe names itself, not only the source.
    """

    source: Named
    inputs: Mapping[str, Named]
    targets: Mapping[str, Named]
    split: Split
    location: Location
    written_targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """The network and the Keras API that it is built with.

    Attributes:
        build: The API; a graph is always functional.
        body: A chain takes the only input of the data; a graph takes all of them, by name.
        outputs: By name, in order: the target that each output learns, None where it is written out and not trained.
            The only output of a chain is called as its target. The first output of a target is its answer.
        shared: The layers that are used by name, by name.
    """

    build: Literal["sequential", "functional"]
    body: Body
    outputs: Mapping[str, str | None]
    shared: Mapping[str, Layer] = field(default_factory=dict)


@dataclass(frozen=True)
class Objective:
    """What an output of the model means, derived from its target and its last layer.

    Attributes:
        task: `classification` (one score per class, of which one is right), `binary` (one score, for the second of two
            classes), `multilabel` (one score per label, each right or wrong by itself) or `regression`.
        output: What the last layer gives: `logits`, `probabilities` or `values`.
        encoding: How the target is fed to loss and metrics: `index` (class number), `one_hot`, `multi_hot` (1 for
            each label that an example has) or `number`.
    """

    task: Literal["classification", "binary", "multilabel", "regression"]
    output: Literal["logits", "probabilities", "values"]
    encoding: Literal["index", "one_hot", "multi_hot", "number"]


LearningRule = Literal["bptt", "srn_1990", "perceptron", "storage"]
Distribute = Literal["none", "mirrored", "multi_worker"]


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
        batch_size: Examples per step, from 1; `auto`: as many as are measured to fit, which `commands.preparing` does.
        optimizer: The optimizer; clipping and learning-rate schedule are among its arguments.
        loss: The loss of each trained output, by its name.
        loss_weights: What each of these losses is multiplied by in their sum; 0: measured, not trained.
        metrics: Of each trained output, by its name; measured each epoch on training and validation examples.
        monitor: The logged quantity that decides which epoch was best, such as `val_loss`.
        early_stopping: None: train for all epochs.
        callbacks: Keras callbacks, called once an epoch.
        learning_rule: `bptt`: the gradient of the loss, through all steps of a sequence; `srn_1990`: the gradient
            without the part that flows through the context of `Elman` layers (Elman, 1990); `perceptron`: Rosenblatt's
            rule; `storage`: patterns are stored in one pass, as Hopfield networks do.
        window: Steps over which the gradient flows, states being carried from window to window; None: all.
        bucket_by_length: Whether batches are made of sequences that are about as long, and cut to the longest.
        class_weight: Weight per class name, `balanced`, or None.
        shuffle: Whether each epoch has its own order, a function of seed and epoch alone.
        seed: Decides initial weights, order, dropout.
        deterministic: Whether TensorFlow's op determinism is switched on.
        compile: How steps are run.
        distribute: On one device, on all GPUs of one machine, or by several processes.
        locations: Where the value of a key stands, by its path below `train`; for the keys that are written.
    """

    epochs: int
    batch_size: int | Literal["auto"]
    optimizer: Named
    loss: Mapping[str, Named]
    loss_weights: Mapping[str, float]
    metrics: Mapping[str, tuple[Named, ...]]
    monitor: str
    early_stopping: EarlyStopping | None
    callbacks: tuple[Named, ...]
    learning_rule: LearningRule
    window: int | None
    bucket_by_length: bool
    class_weight: Literal["balanced"] | Mapping[str, float] | None
    shuffle: bool
    seed: int
    deterministic: bool
    compile: Literal["auto", "graph", "xla", "eager"]
    distribute: Distribute = "none"
    locations: Mapping[str, Location] = field(default_factory=dict)

    @property
    def chosen_batch_size(self) -> int:
        """Examples per step, where that is a number already.

        Raises:
            ValueError: It is `auto` still: nothing that trains may come before the choice.
        """
        if self.batch_size == "auto":
            message = "the batch size is not chosen yet"
            raise ValueError(message)
        return self.batch_size

    @property
    def columns(self) -> tuple[str, ...]:
        """What is measured each epoch, named as Keras does: each output's own only where several are trained."""
        if len(self.metrics) == 1:
            return ("loss", *(str(metric.arguments["name"]) for group in self.metrics.values() for metric in group))
        own = [
            (name, ("loss", *(str(metric.arguments["name"]) for metric in group)))
            for name, group in self.metrics.items()
        ]
        return ("loss", *(f"{name}_{column}" for name, columns in own for column in columns))


@dataclass(frozen=True)
class Recipe:
    """A whole recipe, checked.

    Attributes:
        name: Its name.
        data: Where the examples come from.
        model: The network.
        train: How it is trained.
        objectives: What each trained output means, by its name.
        tuning: What `archcli tune` tries; None: nothing. It is no part of a run.
    """

    name: str
    data: Data
    model: Model
    train: Train
    objectives: Mapping[str, Objective]
    tuning: Tuning | None = None
