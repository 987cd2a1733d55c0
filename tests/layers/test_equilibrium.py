"""The equilibrium layer comes to rest, learns there, and says so when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.equilibrium import Equilibrium

NUMBERS = (
    "`tolerance` and `contraction` are above 0, `damping` is above 0 and up to 1. "
    "Received: tolerance={}, contraction={}, damping={}"
)
INPUTS = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


def made(units: int = 4, **arguments: Any) -> Equilibrium:
    """Return a built layer of three inputs, of the same weights every time."""
    keras.utils.set_random_seed(1)
    layer = Equilibrium(units, **arguments)
    layer.build((None, 3))
    return layer


def swinging(**arguments: Any) -> Equilibrium:
    """Return a linear unit with W_z = -2: under an input of 1, undamped, it swings ever further to and fro."""
    layer = Equilibrium(1, "linear", contraction=None, use_bias=False, **arguments)
    layer.build((None, 1))
    layer.set_weights([np.ones((1, 1)), np.full((1, 1), -2.0), *layer.get_weights()[2:]])
    return layer


def rest_of(layer: Equilibrium, inputs: Any) -> Any:
    """Return the state of rest that NumPy finds in 64 bits and 2,000 steps."""
    kernel, recurrent, bias = (np.asarray(weight, "float64") for weight in layer.trainable_weights)
    if layer.contraction is not None:
        recurrent = recurrent * min(1, layer.contraction / np.abs(recurrent).sum(axis=0).max())
    state = np.zeros((*inputs.shape[:-1], len(bias)))
    for _ in range(2000):
        state = np.tanh(state @ recurrent + inputs @ kernel + bias)
    return state


@pytest.mark.parametrize("damping", [1.0, 0.6])
def test_its_output_is_the_state_of_rest(damping: float, check_layer: Callable[[Any, Any], Any]) -> None:
    """Undamped and damped, it ends within the tolerance where an independent iteration of 2,000 steps ends."""
    layer = made(damping=damping, tolerance=1e-6)

    output = check_layer(layer, INPUTS)

    np.testing.assert_allclose(output, rest_of(layer, INPUTS), atol=1e-5)


def test_sequences_settle_step_by_step() -> None:
    """Axes between the batch and the features are as many examples."""
    layer = made()

    np.testing.assert_allclose(layer(INPUTS.reshape(2, 3, 3)), np.array(layer(INPUTS)).reshape(2, 3, 4), atol=1e-6)


@pytest.mark.parametrize("size", [0.1, 3.0])
def test_contraction_bounds_the_weights(size: float) -> None:
    """Where W_z is too great it is scaled so that no unit receives more than 0.95; where it is not, it is kept."""
    layer = made(8)
    layer.recurrent_kernel.assign(size * np.random.default_rng(2).normal(size=(8, 8)) / 8)

    contracted, given = np.array(layer.contracted_kernel()), np.array(layer.recurrent_kernel)

    received = np.abs(contracted).sum(axis=0).max()
    np.testing.assert_allclose(received, min(0.95, np.abs(given).sum(axis=0).max()), rtol=1e-6)
    np.testing.assert_allclose(contracted / given, np.full((8, 8), (contracted / given)[0, 0]), rtol=1e-5)


def test_the_defaults_settle_whatever_the_weights() -> None:
    """At the worst W_z that the bound lets through, every unit passing 0.95 on, fewer than `max_steps` are enough."""
    layer = made(4)
    layer.recurrent_kernel.assign(100 * np.eye(4))

    diagnosis = layer.diagnose(0.001 * INPUTS)

    assert diagnosis.settled.all()
    assert 50 < diagnosis.iterations.max() <= 180


def gradients(layer: Equilibrium, steps: int) -> Any:
    """Return the gradient of a loss in all trainable weights, as one vector, of all of `steps` from zero."""
    kernel, recurrent, bias = layer.trainable_weights
    with tf.GradientTape() as tape:
        between, state = layer.contracted_kernel(), tf.zeros((len(INPUTS), layer.units))
        for _ in range(steps):
            state = tf.tanh(state @ between + INPUTS @ kernel.value + bias.value)
        loss = tf.reduce_sum(tf.square(state - 0.5))
    return flat(tape.gradient(loss, [kernel.value, recurrent.value, bias.value]))


def phantom_gradients(layer: Equilibrium) -> Any:
    """Return the layer's own gradient of the same loss."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(INPUTS) - 0.5))
    return flat(tape.gradient(loss, [weight.value for weight in layer.trainable_weights]))


def flat(tensors: list[Any]) -> Any:
    """Return all numbers of all tensors in one vector."""
    return np.concatenate([np.ravel(tensor) for tensor in tensors])


def test_more_gradient_steps_come_closer_to_all_steps() -> None:
    """With 3 units, the gradient of 1, 2, 5, 10 steps is ever closer to that through 60: to the rounding of 32 bits."""
    errors = []
    for steps in (1, 2, 5, 10):
        layer = made(3, gradient_steps=steps, tolerance=1e-7, contraction=0.4)
        exact = gradients(layer, 60)
        errors.append(np.linalg.norm(phantom_gradients(layer) - exact) / np.linalg.norm(exact))

    assert errors == sorted(errors, reverse=True)
    assert 0.02 < errors[0] < 0.3
    assert errors[1] < 0.05
    assert errors[2] < 1e-3
    assert errors[3] < 1e-5


def test_a_failure_to_settle_is_not_a_number() -> None:
    """The example that swings ever further is NaN, one at rest in the same batch is not; the loss of both is NaN."""
    output = np.array(swinging(max_steps=20)(np.array([[1.0], [0.0]], "float32")))

    assert np.isnan(output[0]).all()
    assert output[1] == 0
    assert np.isnan(keras.losses.MeanSquaredError()(np.zeros((2, 1)), output))


def test_a_failure_may_be_kept() -> None:
    """On demand, what was reached is the output: 1 - 2 + 4 - 8 + ... after 20 + 5 steps."""
    output = swinging(max_steps=20, on_failure="keep")(np.array([[1.0]], "float32"))

    np.testing.assert_array_equal(output, [[sum((-2.0) ** k for k in range(25))]])


def test_damping_settles_what_swings() -> None:
    """Half steps lead the unit with W_z = -2 to its state of rest, 1/3."""
    output = swinging(damping=0.5, tolerance=1e-6)(np.array([[1.0]], "float32"))

    np.testing.assert_allclose(output, [[1 / 3]], rtol=1e-5)


def test_diagnosis_tells_what_happened() -> None:
    """Steps, residual and the size of the greatest eigenvalue of the Jacobian, which NumPy finds from its formula."""
    layer = made(5, contraction=0.9)
    diagnosis = layer.diagnose(INPUTS)
    between, states = np.array(layer.contracted_kernel()), rest_of(layer, INPUTS)
    jacobians = between[None] * (1 - states**2)[:, None, :]

    radii = np.abs(np.linalg.eigvals(jacobians)).max(axis=1)

    np.testing.assert_allclose(diagnosis.spectral_radius, radii, rtol=0.05)
    assert diagnosis.settled.all()
    assert (diagnosis.residual <= 1e-4).all()
    assert (diagnosis.iterations > 0).all()


def test_diagnosis_of_a_failure_is_not_settled() -> None:
    """The unit with W_z = -2 took all its steps, is 2 to the power of 20 away from rest, and its radius is 2."""
    diagnosis = swinging(max_steps=20).diagnose(np.array([[1.0]], "float32"))

    assert diagnosis.iterations.tolist() == [20]
    assert diagnosis.residual.tolist() == [2.0**20]
    assert diagnosis.settled.tolist() == [False]


def test_the_radius_of_a_linear_unit_is_its_weight() -> None:
    """Of one linear unit with W_z = -2 the Jacobian is -2 everywhere."""
    diagnosis = swinging(damping=0.5).diagnose(np.array([[1.0]], "float32"))

    np.testing.assert_allclose(diagnosis.spectral_radius, [2.0], rtol=1e-3)


def test_training_leaves_a_report_and_inference_does_not() -> None:
    """Steps and residual of the last training batch are in two variables that nothing trains."""
    layer = made()
    layer(INPUTS)
    untouched = (float(layer.iterations), float(layer.residual))

    layer(INPUTS, training=True)

    assert untouched == (0.0, 0.0)
    assert float(layer.iterations) == layer.diagnose(INPUTS).iterations.max()
    assert 0 < float(layer.residual) <= 1e-4
    assert [weight.name for weight in layer.non_trainable_weights] == ["iterations", "residual"]


def test_an_example_does_not_depend_on_its_batch() -> None:
    """An example that settles early is not moved by others that take longer."""
    layer = made(tolerance=1e-2)

    alone = np.concatenate([np.array(layer(example[None])) for example in INPUTS])

    np.testing.assert_allclose(layer(INPUTS), alone, atol=1e-6)
    assert len(set(layer.diagnose(INPUTS).iterations.tolist())) > 1


@pytest.mark.parametrize("gradient_steps", [1, 3])
def test_it_learns_xor(gradient_steps: int) -> None:
    """Eight units learn XOR, compiled, whatever the number of gradient steps."""
    keras.utils.set_random_seed(3)
    layers = [keras.Input((2,)), Equilibrium(8, gradient_steps=gradient_steps), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", jit_compile=True)
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    targets = np.array([[0], [1], [1], [0]], "float32")

    model.fit(np.tile(inputs, (30, 1)), np.tile(targets, (30, 1)), batch_size=4, epochs=5, verbose=0)

    np.testing.assert_array_equal(model.predict_on_batch(inputs).round(), targets)


def test_half_precision_settles_as_well() -> None:
    """Under mixed precision the solution is computed in 32 bits, so that the tolerance can be met."""
    layer = made(dtype="mixed_float16")

    assert layer.diagnose(INPUTS).settled.all()
    assert np.isfinite(np.array(layer(INPUTS))).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "`units` is from 1. Received: units=0"),
        ({"gradient_steps": 0}, "`gradient_steps` is from 1. Received: gradient_steps=0"),
        ({"max_steps": 0}, "`max_steps` is from 1. Received: max_steps=0"),
        ({"damping": 1.5}, NUMBERS.format(0.0001, 0.95, 1.5)),
        ({"tolerance": 0.0}, NUMBERS.format(0.0, 0.95, 1.0)),
        ({"contraction": 0.0}, NUMBERS.format(0.0001, 0.0, 1.0)),
        ({"on_failure": "raise"}, "`on_failure` is one of nan, keep. Received: on_failure=raise"),
    ],
)
def test_other_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """The message says what there may be."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 # the whole message is compared below
        Equilibrium(**{"units": 2, **arguments})

    assert str(refusal.value) == message
