"""What a step does under each learning rule.

Every rule gives a step, which the loop runs, and so all of them have the same epochs, checkpoints and interruptions:

    bptt          Keras's own step: the gradient of the loss, through all steps of a sequence
      + window    the same for one window of the sequence after another
    srn_1990      Keras's own step; no gradient flows through the context of `Elman` layers (Elman, 1990)
    perceptron    Rosenblatt's: examples that are told wrong are added to the weights
    storage       nothing, since patterns are stored before the first step, as Hopfield networks do
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras

from archcli.engine.perceptron import PerceptronRule
from archcli.engine.replicas import OneReplica
from archcli.engine.storage import store_patterns
from archcli.engine.windows import windowed_step
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcli.engine.feeding import Examples
    from archcli.engine.replicas import Replicas
    from archcli.engine.settings import Settings


def _never() -> bool:
    return False


def _no_note(epoch: int) -> str | None:  # noqa: ARG001 -- the others look at it
    return None


@dataclass(frozen=True)
class Rule:
    """A learning rule, as the loop and the session use it.

    Attributes:
        step: Learns from one batch, `(inputs, targets)` or `(inputs, targets, sample_weight)`, and returns the running
            loss and metrics by name.
        reset: Begins an epoch's metrics and counts anew; run inside the loop.
        epochs: After how many epochs there is nothing left to learn; None: never.
        variables: What the rule keeps beside the model, for checkpoints.
        is_converged: Whether the epoch that has just ended was without mistakes, so that another would change nothing.
        describe: What to say of a training that has ended after so many epochs; None: nothing.
    """

    step: Callable[[Any], Mapping[str, Any]]
    reset: Callable[[], None]
    epochs: int | None = None
    variables: tuple[keras.Variable, ...] = ()
    is_converged: Callable[[], bool] = _never
    describe: Callable[[int], str | None] = _no_note


def make_rule(model: keras.Model, examples: Examples, settings: Settings, *, replicas: Replicas | None = None) -> Rule:
    """Make the rule that the settings name, and the model ready for it.

    Args:
        model: Built and compiled; under `srn_1990` its contexts are detached, under `storage` it learns at once.
        examples: What it learns from.
        settings: How.
        replicas: Who learns by a gradient; None: the model on one device.

    Raises:
        RecipeError: `nothing-to-train`, `rule-does-not-fit` or `window-does-not-fit`: the model is none for this rule.
    """
    if settings.learning_rule == "perceptron":
        perceptron = PerceptronRule(model)
        return Rule(
            perceptron.step,
            perceptron.reset,
            variables=(perceptron.mistakes,),
            is_converged=perceptron.is_converged,
            describe=perceptron.describe,
        )
    if settings.learning_rule == "storage":
        count = store_patterns(model, examples)
        return Rule(model.test_step, model.reset_metrics, epochs=1, describe=lambda _: f"{count} patterns stored")
    _check_trainable(model)
    if settings.learning_rule == "srn_1990":
        _detach_contexts(model)
    replicas = replicas or OneReplica(model)
    _check_shared(settings, replicas)
    if settings.window is None:
        return Rule(replicas.train, model.reset_metrics)
    return Rule(windowed_step(model, examples, settings.window), model.reset_metrics)


def _check_shared(settings: Settings, replicas: Replicas) -> None:
    """Refuse what several replicas cannot do.

    Layers hand on the states of windows, and all replicas share the layers. TensorFlow sums sparse gradients in a loop
    where all have one size.
    """
    wanted = {"window": settings.window is not None, "bucket_by_length": settings.bucket_by_length}
    asked = next((name for name, is_wanted in wanted.items() if is_wanted), None)
    if replicas.is_many and asked is not None:
        raise RecipeError(
            Problem(
                "distribution-does-not-fit",
                f"`{asked}` is for one device, and {settings.distribution.replica_count} replicas train",
                hint="take one of them away",
            )
        )


def _check_trainable(model: keras.Model) -> None:
    if not model.trainable_variables:
        raise RecipeError(
            Problem(
                "nothing-to-train",
                "no layer of the model has weights that can be trained",
                hint="add a layer such as `Dense`, or write `train.learning_rule: storage` for layers that store",
            )
        )


def _detach_contexts(model: keras.Model) -> None:
    layers = [layer for layer in model._flatten_layers() if hasattr(layer, "detach_context")]  # noqa: SLF001 -- see compile_mode
    if not layers:
        raise RecipeError(
            Problem(
                "rule-does-not-fit",
                "the rule `srn_1990` is for networks with a context, and no layer of the model has one",
                hint="use `Elman`, or leave `train.learning_rule` out",
            )
        )
    for layer in layers:
        layer.detach_context = True
