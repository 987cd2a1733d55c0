"""What the output means, and which loss and metrics follow from it."""

from __future__ import annotations

import pytest

from archcli.errors import Source
from archcli.recipe.last_layers import last_layers
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.objective import (
    LOSSES,
    METRICS,
    TargetKind,
    complete_loss,
    complete_metrics,
    infer_objective,
)
from archcli.recipe.recipe import Chain, Named, Objective, Value
from archcli.recipe.signatures import names
from archcli.recipe.types import Object
from archcli.recipe.values import Checker


def _read(text: str, category: str) -> Value:
    """Read what a recipe says in one place."""
    checker = Checker({})
    type_ = Object(category)
    value = checker.value(to_long_form(load_nodes(Source("recipe.yaml", text)), type_), type_, "it")
    assert checker.problems == []
    return value


def _named(text: str, category: str) -> Named:
    named = _read(text, category)
    assert isinstance(named, Named)
    return named


def _last(text: str) -> tuple[Named, ...]:
    """Return the layers whose numbers a chain gives."""
    chain = _read(f"[{text}]", "layer")
    assert isinstance(chain, Chain)
    return last_layers(chain, "it", {})


CATEGORY = _named("category", "target")
SOFTMAX = "Dense: {units: $classes, activation: softmax}"

OBJECTIVES: list[tuple[TargetKind, str, str | None, str]] = [
    # target, layers, the loss as written; task, output, encoding
    ("category", SOFTMAX, None, "classification probabilities index"),
    ("category", "Dense: {units: 3, activation: softmax}", None, "classification probabilities index"),
    ("category", "Dense: {units: 3, activation: sparsemax}", None, "classification probabilities index"),
    ("category", "Dense: $classes", None, "classification logits index"),
    ("category", "Dense: {units: 3, activation: null}", None, "classification logits index"),
    ("category", "Dense: {units: 3, activation: linear}", None, "classification logits index"),
    ("category", "Dense: 3, Activation: softmax", None, "classification probabilities index"),
    ("category", "Dense: 3, Softmax", None, "classification probabilities index"),
    ("category", "Dense: {units: 1, activation: sigmoid}", None, "binary probabilities index"),
    ("category", "Dense: {units: 1, activation: hard_sigmoid}", None, "binary probabilities index"),
    ("category", "Dense: 1", None, "binary logits index"),
    (
        "category",
        "Conv1D: {filters: 1, kernel_size: 3, activation: sigmoid}, GlobalMaxPooling1D",
        None,
        "binary probabilities index",
    ),
    (
        "category",
        "Conv2D: {filters: 3, kernel_size: 1, activation: softmax}, GlobalAveragePooling2D",
        None,
        "classification probabilities index",
    ),
    ("category", f"{SOFTMAX}, Dropout: 0.1, Flatten", None, "classification probabilities index"),
    ("category", f"{SOFTMAX}, GaussianNoise: 0.1", None, "classification probabilities index"),
    ("category", f"{SOFTMAX}, BatchNormalization", None, "classification logits index"),
    (
        "category",
        f"TimeDistributed: {{{SOFTMAX}}}, GlobalAveragePooling1D",
        None,
        "classification probabilities index",
    ),
    ("category", "TimeDistributed: [Dense: 3, Softmax]", None, "classification probabilities index"),
    ("category", f"SpectralNormalization: {{{SOFTMAX}}}", None, "classification probabilities index"),
    ("category", f"[Flatten, {SOFTMAX}]", None, "classification probabilities index"),
    ("category", "Flatten", None, "classification logits index"),
    ("category", SOFTMAX, "sparse_categorical_crossentropy", "classification probabilities index"),
    ("category", SOFTMAX, "categorical_crossentropy", "classification probabilities one_hot"),
    ("category", SOFTMAX, "mse", "classification probabilities one_hot"),
    ("category", "Dense: 3", "categorical_hinge", "classification logits one_hot"),
    ("category", "Dense: {units: 1, activation: sigmoid}", "mse", "binary probabilities index"),
    ("multilabel", "Dense: {units: $classes, activation: sigmoid}", None, "multilabel probabilities multi_hot"),
    ("multilabel", "Dense: {units: 1, activation: sigmoid}", None, "multilabel probabilities multi_hot"),
    ("multilabel", "Dense: 3, Activation: hard_sigmoid", None, "multilabel probabilities multi_hot"),
    ("multilabel", "Dense: $classes", "hinge", "multilabel logits multi_hot"),
    ("multilabel", "Flatten", None, "multilabel logits multi_hot"),
    ("number", "Dense: 1", None, "regression values number"),
    ("number", "Dense: {units: 1, activation: relu}", None, "regression values number"),
    ("number", "LSTM: 1", "huber", "regression values number"),
]


@pytest.mark.parametrize(("target", "layers", "loss", "expected"), OBJECTIVES)
def test_what_the_output_means_follows_from_target_last_layer_and_loss(
    target: TargetKind, layers: str, loss: str | None, expected: str
) -> None:
    """Softmax, sigmoid, linear; what may stand between them and the end; what a written loss compares."""
    written = None if loss is None else _named(loss, "loss")

    objective, problems = infer_objective(target, _last(layers), written)

    assert problems == []
    assert objective is not None
    assert f"{objective.task} {objective.output} {objective.encoding}" == expected


@pytest.mark.parametrize(
    ("layer", "subject"),
    [
        ("Dense: {units: 3, activation: relu}", "the activation `relu` of the last layer"),
        ("Dense: {units: 3, activation: sigmoid}", "the activation `sigmoid` of the last layer"),
        ("Dense: {units: 1, activation: softmax}", "the activation `softmax` of the last layer"),
        ("Dense: {units: 1, activation: tanh}", "the activation `tanh` of the last layer"),
        ("GRU: 3", "the activation `tanh` of the last layer"),
        ("Activation: relu", "the activation `relu` of the last layer"),
        ("ReLU", "`ReLU` as the last layer"),
        ("Bidirectional: {LSTM: 3}", "`Bidirectional` as the last layer"),
        ("RNN: {LSTMCell: 3}", "`RNN` as the last layer"),
    ],
)
def test_a_last_layer_that_gives_no_scores_is_refused(layer: str, subject: str) -> None:
    """A classifier has to end in scores."""
    objective, problems = infer_objective("category", _last(layer), None)

    given = "scores" if subject.endswith("as the last layer") else "probabilities"
    assert objective is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("activation-does-not-fit", f"{subject} gives no class {given}")
    ]


@pytest.mark.parametrize(
    ("layer", "subject", "hint"),
    [
        (SOFTMAX, "the activation `softmax` of the last layer", "write `sigmoid`, or leave it out"),
        ("Softmax", "the activation `softmax` of the last layer", "write `sigmoid`, or leave it out"),
        ("GRU: 3", "the activation `tanh` of the last layer", "put `Dense: {units: $classes, activation: sigmoid}`"),
        ("ReLU", "`ReLU` as the last layer", "put `Dense: {units: $classes, activation: sigmoid}`"),
    ],
)
def test_a_last_layer_that_does_not_tell_each_label_is_refused(layer: str, subject: str, hint: str) -> None:
    """A softmax shares one certainty out among all labels."""
    objective, problems = infer_objective("multilabel", _last(layer), None)

    assert objective is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("activation-does-not-fit", f"{subject} gives no probability of each label by itself")
    ]
    assert (problems[0].hint or "").startswith(hint)


INDEX = Objective("classification", "probabilities", "index")
INDEX_LOGITS = Objective("classification", "logits", "index")
ONE_HOT = Objective("classification", "probabilities", "one_hot")
BINARY = Objective("binary", "probabilities", "index")
BINARY_LOGITS = Objective("binary", "logits", "index")
LABELS = Objective("multilabel", "probabilities", "multi_hot")
LABEL_LOGITS = Objective("multilabel", "logits", "multi_hot")
NUMBERS = Objective("regression", "values", "number")


@pytest.mark.parametrize(
    ("objective", "name", "arguments"),
    [
        (INDEX, "SparseCategoricalCrossentropy", {"from_logits": False}),
        (INDEX_LOGITS, "SparseCategoricalCrossentropy", {"from_logits": True}),
        (ONE_HOT, "CategoricalCrossentropy", {"from_logits": False}),
        (BINARY, "BinaryCrossentropy", {"from_logits": False}),
        (BINARY_LOGITS, "BinaryCrossentropy", {"from_logits": True}),
        (LABELS, "BinaryCrossentropy", {"from_logits": False}),
        (LABEL_LOGITS, "BinaryCrossentropy", {"from_logits": True}),
        (NUMBERS, "MeanSquaredError", {}),
    ],
)
def test_a_loss_that_is_left_out_follows(objective: Objective, name: str, arguments: dict[str, Value]) -> None:
    """A linear output on classes is logits, and its loss is made so."""
    loss, problems = complete_loss(None, objective, CATEGORY)

    assert problems == []
    assert loss is not None
    assert (loss.name, loss.arguments) == (name, arguments)


@pytest.mark.parametrize(
    ("objective", "text"),
    [
        (INDEX, "sparse_categorical_crossentropy"),
        (INDEX_LOGITS, "SparseCategoricalCrossentropy: {from_logits: true}"),
        (ONE_HOT, "kl_divergence"),
        (BINARY, "BinaryFocalCrossentropy: {gamma: 2}"),
        (BINARY_LOGITS, "hinge"),
        (BINARY, "dice"),
        (LABELS, "BinaryFocalCrossentropy: {gamma: 2}"),
        (LABEL_LOGITS, "hinge"),
        (NUMBERS, "Huber: 0.5"),
    ],
)
def test_a_loss_that_fits_is_taken_as_it_is_written(objective: Objective, text: str) -> None:
    """Nothing is added to it."""
    loss = _named(text, "loss")

    assert complete_loss(loss, objective, CATEGORY) == (loss, [])


FOR_PROBABILITIES = "is written for probabilities, but the last layer is linear and gives logits"


@pytest.mark.parametrize(
    ("objective", "text", "reason"),
    [
        (INDEX, "Poisson", "does not fit a category target with one score per class"),
        (BINARY, "CategoricalCrossentropy", "does not fit a category target with a single score"),
        (LABELS, "CategoricalCrossentropy", "does not fit a multilabel target"),
        (LABEL_LOGITS, "BinaryCrossentropy", FOR_PROBABILITIES),
        (NUMBERS, "Hinge", "does not fit a number target"),
        (NUMBERS, "CTC", "does not fit a number target"),
        (INDEX_LOGITS, "SparseCategoricalCrossentropy", FOR_PROBABILITIES),
        (INDEX_LOGITS, "SparseCategoricalCrossentropy: {from_logits: false}", FOR_PROBABILITIES),
        (BINARY_LOGITS, "Dice", FOR_PROBABILITIES),
        (BINARY, "BinaryCrossentropy: {from_logits: true}", "is for logits, but the last layer gives probabilities"),
        (BINARY, "SquaredHinge", "is for scores without bounds, but the last layer gives probabilities"),
    ],
)
def test_a_loss_that_does_not_fit_is_refused(objective: Objective, text: str, reason: str) -> None:
    """For the target, or for what the last layer gives."""
    loss = _named(text, "loss")

    complete, problems = complete_loss(loss, objective, CATEGORY)

    assert complete is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("loss-does-not-fit", f"the loss `{loss.name}` {reason}")
    ]


@pytest.mark.parametrize(
    ("objective", "text", "name", "arguments"),
    [
        (INDEX, "accuracy", "SparseCategoricalAccuracy", {"name": "accuracy"}),
        (ONE_HOT, "accuracy", "CategoricalAccuracy", {"name": "accuracy"}),
        (BINARY, "acc", "BinaryAccuracy", {"name": "acc"}),
        (LABELS, "accuracy", "BinaryAccuracy", {"name": "accuracy"}),
        (LABEL_LOGITS, "crossentropy", "BinaryCrossentropy", {"name": "crossentropy", "from_logits": True}),
        (ONE_HOT, "ce", "CategoricalCrossentropy", {"name": "ce"}),
        (INDEX_LOGITS, "crossentropy", "SparseCategoricalCrossentropy", {"name": "crossentropy", "from_logits": True}),
        (BINARY, "AUC", "AUC", {"name": "auc"}),
        (BINARY_LOGITS, "AUC: 9", "AUC", {"num_thresholds": 9, "name": "auc", "from_logits": True}),
        (BINARY, "Recall: {name: null}", "Recall", {"name": "recall"}),
        (NUMBERS, "mae", "MeanAbsoluteError", {"name": "mae"}),
        (NUMBERS, "RootMeanSquaredError", "RootMeanSquaredError", {"name": "root_mean_squared_error"}),
        (NUMBERS, "R2Score", "R2Score", {"name": "r2_score"}),
    ],
)
def test_a_metric_gets_the_name_of_its_column(
    objective: Objective, text: str, name: str, arguments: dict[str, Value]
) -> None:
    """Its own, Keras's, or the name that it was asked for by; and it knows of logits."""
    complete, problems = complete_metrics((_named(text, "metric"),), objective, CATEGORY)

    assert problems == []
    assert [(done.name, done.arguments) for done in complete] == [(name, arguments)]


@pytest.mark.parametrize(
    ("objective", "asked"),
    [
        (INDEX, ["accuracy"]),
        (BINARY_LOGITS, ["accuracy"]),
        (LABELS, ["accuracy"]),
        (NUMBERS, ["mean_absolute_error", "r2_score"]),
    ],
)
def test_metrics_that_are_left_out_follow(objective: Objective, asked: list[str]) -> None:
    """Accuracy for classes, mean absolute error and R2 for numbers; none where the list is empty."""
    complete, _ = complete_metrics(None, objective, CATEGORY)
    none, _ = complete_metrics((), objective, CATEGORY)

    assert [metric.arguments["name"] for metric in complete] == asked
    assert none == ()


@pytest.mark.parametrize("column", ["loss", "epoch", "learning_rate", "val_accuracy"])
def test_a_metric_cannot_take_another_column(column: str) -> None:
    """The history has one column of each name."""
    _, problems = complete_metrics((_named(f"accuracy: {{name: {column}}}", "metric"),), INDEX, CATEGORY)

    message = f"a metric cannot be called `{column}`: the history has another column of that name"
    assert [(problem.code, problem.message) for problem in problems] == [("repeated-name", message)]


def test_the_tables_name_what_keras_has() -> None:
    """A misspelt loss or metric in a table would refuse the right one."""
    assert set(LOSSES) <= set(names("loss"))
    assert set(METRICS) <= set(names("metric"))


@pytest.mark.parametrize(
    ("layer", "subject"),
    [
        ("Dense: {units: 3, activation: relu}", "the activation `relu` of the last layer of `kind`"),
        ("ReLU", "`ReLU` as the last layer of `kind`"),
    ],
)
def test_the_problem_names_the_output_where_there_are_several(layer: str, subject: str) -> None:
    """`the last layer` alone would not say which."""
    _, problems = infer_objective("category", _last(layer), None, output="kind")

    assert [problem.message.partition(" gives")[0] for problem in problems] == [subject]


def test_probabilities_averaged_with_probabilities_are_probabilities() -> None:
    """Two heads of a classifier, pooled."""
    heads = (*_last(SOFTMAX), *_last(SOFTMAX))

    assert infer_objective("category", heads, None) == (INDEX, [])


def test_probabilities_averaged_with_logits_are_refused() -> None:
    """No loss is right for such numbers."""
    objective, problems = infer_objective("category", (*_last(SOFTMAX), *_last("Dense: 3")), None)

    assert objective is None
    assert [(problem.code, problem.message, problem.hint) for problem in problems] == [
        (
            "activation-does-not-fit",
            "an average of probabilities and logits is neither",
            "give both the same activation",
        )
    ]
