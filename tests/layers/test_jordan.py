"""A Jordan network is taught, runs freely or does one of both by chance, and refuses what does not fit."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.jordan import Jordan

GENERATOR = np.random.default_rng(0)
INPUTS = GENERATOR.normal(size=(64, 5, 3)).astype("float32")
PREVIOUS = GENERATOR.normal(size=(64, 5, 2)).astype("float32")
BOTH = np.concatenate([INPUTS, PREVIOUS], axis=-1)


def jordan(**settings: Any) -> Any:
    """Return a Jordan layer whose weights are always the same, built for inputs and targets."""
    layer = Jordan(4, 2, return_sequences=True, **{"feedback": "teacher", "output_activation": "tanh", **settings})
    layer.build((64, 5, 5 if layer.teacher_features else 3))
    generator = np.random.default_rng(1)
    layer.set_weights([generator.normal(0, 0.5, weights.shape) for weights in layer.get_weights()])
    return layer


def outputs(layer: Any, inputs: Any, **more: Any) -> Any:
    """Return what `layer` makes of `inputs`, as an array."""
    return keras.ops.convert_to_numpy(layer(inputs, **more))


def test_it_has_as_many_weights_as_the_equations() -> None:
    """`n(d + m + 1)` in the hidden layer, `m(n + 1)` in the outputs; targets among the inputs have none."""
    for layer in (jordan(feedback="own"), jordan()):
        assert layer.count_params() == 4 * (3 + 2 + 1) + 2 * (4 + 1)


def test_a_taught_network_can_be_let_run_freely() -> None:
    """Set to its own feedback it ignores the targets that still arrive, and can be taught again."""
    taught, free = jordan(decay=0.5), jordan(decay=0.5, feedback="own")
    lesson = outputs(taught, BOTH)

    taught.feedback = "own"
    run = outputs(taught, BOTH)
    taught.feedback = "teacher"

    assert np.array_equal(run, outputs(free, INPUTS))
    assert not np.allclose(run, lesson)
    assert np.array_equal(outputs(taught, BOTH), lesson)


def test_a_network_let_run_freely_is_saved_as_one() -> None:
    """A copy still takes the targets among its inputs, and ignores them."""
    layer = jordan()
    layer.feedback = "own"

    again = Jordan.from_config(layer.get_config())

    assert again.feedback == "own"
    assert again.teacher_features
    again.build((64, 5, 5))
    again.set_weights(layer.get_weights())
    assert np.array_equal(outputs(again, BOTH), outputs(layer, BOTH))


def test_scheduled_feedback_draws_each_step_of_each_sequence() -> None:
    """At the second step each sequence answers as if taught or as if free, the share as asked; both at the first."""
    share = jordan(feedback="scheduled", teacher_share=0.7, seed=5)
    both = BOTH.copy()
    both[:, 0, 3:] = 0  # nothing goes before the first step
    taught, free = outputs(jordan(), both), outputs(jordan(feedback="own"), INPUTS)

    answers = outputs(share, both, training=True)

    as_taught = np.isclose(answers, taught, atol=1e-6).all(axis=-1)
    as_free = np.isclose(answers, free, atol=1e-6).all(axis=-1)
    assert as_taught[:, 0].all()
    assert as_free[:, 0].all()
    assert np.array_equal(as_taught[:, 1], ~as_free[:, 1])
    assert 0.7 - 3 * 0.0573 < as_taught[:, 1].mean() < 0.7 + 3 * 0.0573  # three standard errors of 64 draws
    assert not np.array_equal(outputs(share, both, training=True), answers)


@pytest.mark.parametrize(("teacher_share", "like"), [(1.0, "teacher"), (0.0, "own")])
def test_a_schedule_without_chance_is_one_or_the_other(teacher_share: float, like: str) -> None:
    """Always the truth is teaching, never is running freely."""
    scheduled = jordan(feedback="scheduled", teacher_share=teacher_share, decay=0.5)

    answers = outputs(scheduled, BOTH, training=True)

    assert np.array_equal(answers, outputs(jordan(decay=0.5, feedback=like, teacher_features=True), BOTH))


def test_scheduled_feedback_takes_what_arrives_outside_training() -> None:
    """Nothing is drawn then."""
    scheduled = jordan(feedback="scheduled", teacher_share=0.5)
    state = keras.ops.convert_to_numpy(scheduled.seed_generator.state).copy()

    answers = outputs(scheduled, BOTH)

    assert np.array_equal(answers, outputs(jordan(), BOTH))
    assert np.array_equal(keras.ops.convert_to_numpy(scheduled.seed_generator.state), state)


def test_the_draw_can_be_repeated() -> None:
    """Two layers with one seed draw alike, with another otherwise."""
    draws = [outputs(jordan(feedback="scheduled", seed=seed), BOTH, training=True) for seed in (1, 1, 2)]

    assert np.array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


@pytest.mark.parametrize("feedback", ["teacher", "scheduled"])
def test_a_network_without_a_plan_sees_only_what_went_before(feedback: str) -> None:
    """Where the targets are all of the input there are no weights for any other."""
    layer = Jordan(4, 2, feedback=feedback, return_sequences=True)

    answers = outputs(layer, PREVIOUS, training=True)

    assert answers.shape == (64, 5, 2)
    assert layer.count_params() == 4 * (2 + 1) + 2 * (4 + 1)


def test_the_trace_is_what_the_next_state_keeps() -> None:
    """The states are the last output and `decay * s`: with them the next step is that of the whole sequence."""
    layer = jordan(feedback="own", decay=0.5, return_state=True)
    kernel, recurrent, bias, output_kernel, output_bias = layer.get_weights()
    whole = outputs(jordan(feedback="own", decay=0.5), INPUTS)

    _, last, trace = (keras.ops.convert_to_numpy(value) for value in layer(INPUTS[:, :4]))

    hidden = np.tanh(INPUTS[:, 4] @ kernel + (trace + last) @ recurrent + bias)
    assert np.tanh(hidden @ output_kernel + output_bias) == pytest.approx(whole[:, 4], abs=2e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"decay": 1.0}, "`decay` should be at least 0 and less than 1. Received: decay=1.0"),
        ({"decay": -0.1}, "`decay` should be at least 0 and less than 1. Received: decay=-0.1"),
        ({"state_update": "mean"}, "`state_update` should be one of 'sum', 'ema'. Received: state_update='mean'"),
        ({"feedback": "none"}, "`feedback` should be one of 'own', 'teacher', 'scheduled'. Received: feedback='none'"),
        ({"teacher_share": 1.5}, "`teacher_share` should be between 0 and 1. Received: teacher_share=1.5"),
        (
            {"feedback": "teacher", "teacher_features": False},
            (
                "`feedback` 'teacher' needs `teacher_features`, the targets among the inputs. "
                "Received: feedback='teacher', teacher_features=False"
            ),
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Jordan(4, 2, **settings)


def test_a_network_without_targets_cannot_be_taught_later() -> None:
    """Its weights have no place for them among the inputs."""
    layer = jordan(feedback="own")

    with pytest.raises(ValueError, match=r"^`feedback` 'scheduled' needs `teacher_features`, the targets among"):
        layer.feedback = "scheduled"

    assert layer.feedback == "own"


def test_inputs_without_room_for_the_targets_are_refused() -> None:
    """The message says how many features ought to be targets."""
    message = (
        "the last 2 features should be the target of the step before, one for each of `output_units`. "
        "Received: input_shape=(None, 1)"
    )

    with pytest.raises(ValueError, match=re.escape(message)):
        Jordan(4, 2, feedback="teacher").build((None, 5, 1))
