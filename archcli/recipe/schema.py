"""The sections of a recipe and their keys: the one place where an option is added."""

from __future__ import annotations

from typing import Final

from archcli.recipe.types import (
    Anything,
    Either,
    Field,
    FilePath,
    GivenName,
    ListOf,
    MapOf,
    Number,
    Object,
    Section,
    Text,
    Truth,
    Use,
    Whole,
)

SPLIT: Final = Section(
    "data.split",
    (
        Field("validation", Number(minimum=0, below=1), "Share of all examples kept for validation.", 0.1),
        Field("test", Number(minimum=0, below=1), "Share of all examples kept for the test.", 0.2),
        Field("stratify", Truth(), "Give every part the same share of each class.", inferred="the target"),
        Field("group", Text(), "The column whose equal values stay in one part."),
        Field("time", Truth(), "Cut in order: training first, test last.", inferred="the source and the inputs"),
        Field("folds", Whole(minimum=2), "Train as often, each time with another part of the examples as the test."),
        Field("fold", Whole(minimum=1), "Train one of the folds only: its number, from 1."),
        Field(
            "absent_classes",
            Text(("refuse", "allow")),
            "Whether a class may be trained that validation or test has no example of.",
            "refuse",
        ),
        Field("seed", Whole(minimum=0, maximum=2**32 - 1), "Decides which example goes where.", 0),
    ),
)

DATA: Final = Section(
    "data",
    (
        Field("source", Object("source"), "Where the examples come from.", required=True),
        Field("inputs", MapOf(Object("input")), "What goes into the model, by name.", inferred="the source"),
        Field("targets", MapOf(Object("target")), "What the model is to say, by name.", inferred="the source"),
        Field("split", SPLIT, "How the examples are divided.", {}),
    ),
)

_LAYERS: Final = Field("layers", ListOf(Object("layer"), minimum_length=1), "The layers, one after another.")
_NODES: Final = Field(
    "nodes",
    MapOf(Use(), given_names=False),
    "A graph: names of tensors, each with the layer that gives it and what that reads: "
    "`sum: {Add, from: [left, right]}`.",
)

REPEAT: Final = Whole(minimum=1, maximum=1000)
"""How often a layer stands in a row."""

BLOCK: Final = Section(
    "block",
    (
        Field("parameters", MapOf(Anything()), "What a use can choose, with defaults; null: must be given.", {}),
        Field("inputs", ListOf(GivenName(), minimum_length=1), "Names of what arrives.", inferred="`input`"),
        _LAYERS,
        _NODES,
        Field(
            "outputs", Either((GivenName(), ListOf(GivenName()))), "What leaves.", inferred="the node that none reads"
        ),
    ),
)

MODEL: Final = Section(
    "model",
    (
        Field("build", Text(("sequential", "functional")), "The Keras API that builds it.", inferred="its form"),
        Field("architecture", Object("architecture"), "A classic network, by its settings."),
        _LAYERS,
        _NODES,
        Field("blocks", MapOf(BLOCK), "Patterns of layers; every use has weights of its own.", {}),
        Field("shared", MapOf(Object("layer")), "Layers with one set of weights, however often they are used.", {}),
        Field(
            "outputs",
            Either((GivenName(), ListOf(GivenName()), MapOf(GivenName()))),
            "The nodes that the model answers with; as a mapping, with the target that each learns, null: none.",
            inferred="the node that none reads",
        ),
    ),
)

MODEL_FORMS: Final = ("layers", "nodes", "architecture")
"""Keys of `model` of which one says what the whole network is."""

EARLY_STOPPING: Final = Section(
    "train.early_stopping",
    (
        Field("patience", Whole(minimum=0), "Epochs without improvement before training stops.", 10),
        Field("min_delta", Number(minimum=0), "The least change that counts as an improvement.", 0.0),
        Field("start_from_epoch", Whole(minimum=0), "Epochs before it begins to watch.", 0),
    ),
)

TBPTT: Final = Section(
    "train.tbptt",
    (
        Field(
            "window",
            Whole(minimum=1),
            "Steps over which the gradient flows; states are carried from window to window.",
            required=True,
        ),
    ),
)

TRAIN: Final = Section(
    "train",
    (
        Field("epochs", Whole(minimum=1), "Passes over the training examples.", 20),
        Field(
            "batch_size",
            Either((Whole(minimum=1), Text(("auto",)))),
            "Examples per step; auto: the largest power of two that memory and the number of examples allow.",
            32,
        ),
        Field("optimizer", Object("optimizer"), "With its clipping and learning-rate schedule.", {"Adam": {}}),
        Field(
            "loss",
            Either((Object("loss"), MapOf(Object("loss")))),
            "What is minimised; where there are several outputs, by output.",
            inferred="the target and the last layer",
        ),
        Field("loss_weights", MapOf(Number(minimum=0)), "Weight of each output's loss in the sum; 0: measured only."),
        Field(
            "metrics",
            Either((ListOf(Object("metric")), MapOf(ListOf(Object("metric"))))),
            "What is measured each epoch; where there are several outputs, by output.",
            inferred="the target",
        ),
        Field("monitor", Text(), "The logged quantity that decides which epoch is best.", inferred="the split"),
        Field("early_stopping", EARLY_STOPPING, "When to stop for lack of improvement; null: never."),
        Field("callbacks", ListOf(Object("callback")), "Keras callbacks, called once an epoch.", []),
        Field(
            "learning_rule",
            Text(("bptt", "srn_1990", "perceptron", "storage")),
            "bptt: the gradient of the loss, through all steps of a sequence; srn_1990: none through the context of "
            "`Elman` layers; perceptron: Rosenblatt's rule; storage: one pass, as `Hopfield` stores patterns.",
            "bptt",
        ),
        Field("tbptt", TBPTT, "Truncated backpropagation through time; null: through all steps."),
        Field(
            "bucket_by_length",
            Truth(),
            "Whether batches are made of sequences that are about as long, and cut to the longest of them.",
            default=False,
        ),
        Field(
            "class_weight",
            Either((Text(("balanced",)), MapOf(Number(above=0), given_names=False))),
            "Weight of each class in the loss, by its label; or `balanced`.",
        ),
        Field("shuffle", Truth(), "Whether every epoch has an order of its own.", default=True),
        Field("seed", Whole(minimum=0, maximum=2**32 - 1), "Decides initial weights, order and dropout.", 0),
        Field("deterministic", Truth(), "Whether TensorFlow may use deterministic operations only.", default=False),
        Field("compile", Text(("auto", "graph", "xla", "eager")), "How training steps are run.", "auto"),
        Field(
            "distribute",
            Text(("none", "mirrored", "multi_worker")),
            "none: one device; mirrored: all GPUs of this machine; multi_worker: several machines, a process on each.",
            "none",
        ),
    ),
)

SPACE_FORMS: Final = ("choice", "range", "log_range")
"""Keys of a path that is tuned, of which one says what is tried."""

SPACE: Final = Section(
    "tune.space",
    (
        Field("choice", ListOf(Anything(), minimum_length=1), "Values, each as likely as the others."),
        Field(
            "range",
            ListOf(Number(minimum=-1e15, maximum=1e15)),
            "The lowest and the highest number; whole numbers where both are written whole.",
        ),
        Field(
            "log_range",
            ListOf(Number(above=0, maximum=1e15)),
            "The same above 0, uniform in the logarithm: as many below 0.01 as above, from 1e-4 to 1.",
        ),
    ),
)

MOST_TRIALS: Final = 10_000

TUNE: Final = Section(
    "tune",
    (
        Field("trials", Whole(minimum=1, maximum=MOST_TRIALS), "How many runs are trained.", 20),
        Field("seed", Whole(minimum=0, maximum=2**32 - 1), "Decides what is tried.", 0),
        Field(
            "space",
            MapOf(SPACE, given_names=False, paths=True),
            "What is tried, by its path: `train.optimizer.Adam.learning_rate: {log_range: [1e-4, 1e-1]}`.",
            required=True,
        ),
    ),
)

RECIPE: Final = Section(
    "recipe",
    (
        Field("archcli", Whole(minimum=1, maximum=1), "The version of the recipe language: 1.", required=True),
        Field("name", GivenName(dashes=True), "The name of the recipe and of its runs.", inferred="the file's name"),
        Field("extends", FilePath(), "A recipe that this one is laid over."),
        Field("parameters", MapOf(Anything()), "Values that `$name` stands for elsewhere in the recipe.", {}),
        Field("data", DATA, "Where the examples come from and how they meet the model.", required=True),
        Field("model", MODEL, "The network.", required=True),
        Field("train", TRAIN, "How it is trained.", {}),
        Field("tune", TUNE, "What `archcli tune` tries; no part of a single run."),
    ),
)
