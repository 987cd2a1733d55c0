"""A layer whose output is the state at which it comes to rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from keras import ops

FAILURES: Final = ("nan", "keep")

# Of a difference quotient: 32-bit numbers are exact to 1e-7, so this keeps about three digits.
NUDGE: Final = 1e-3


@dataclass(frozen=True)
class Diagnosis:
    """How a layer came to rest on given inputs.

    Attributes:
        iterations: Steps that each example took, `(*batch,)`; at most `max_steps`.
        residual: Greatest change of a unit that one more step would bring, `(*batch,)`.
        spectral_radius: Of the Jacobian dz_next/dz at the end, `(*batch,)`: the factor by which a disturbance shrinks
            (below 1) or grows in a step.
        settled: Whether the residual is at most the tolerance, `(*batch,)`.
    """

    iterations: Any
    residual: Any
    spectral_radius: Any
    settled: Any


@keras.saving.register_keras_serializable(package="archcli")
class Equilibrium(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Let a recurrent layer come to rest under a constant input and give the state at which it does.

        z* = f(z* W_z + x W_x + b)
        z <- (1 - damping) z + damping f(z W_z + x W_x + b), from z = 0

    (Almeida, 1987; Pineda, 1987; Bai, Kolter and Koltun, 2019.) The state is found without gradient, however many
    steps that takes; then come `gradient_steps` more, and the gradient is theirs: a phantom gradient (Geng and others,
    2021), the closer to that of all steps the more there are.

    With a `contraction` c below 1, `W_z` is multiplied by `min(1, c / ||W_z||)`, where the norm is the greatest sum of
    what one unit receives, `max_j sum_i |W_ij|`. For an activation whose slope is at most 1 (tanh, relu, sigmoid, ...)
    there is then exactly one state of rest; with tanh and the defaults, 180 steps are certain to lead to it.

    An example that does not settle within `max_steps` is loud: its output is not a number, and so is the loss of its
    batch. `diagnose` says how far it was from rest.

    The solution is computed in the precision of the weights, also under mixed precision.

    Input shape:
        `(batch, *sizes, features)`.

    Output shape:
        `(batch, *sizes, units)`.

    Attributes:
        kernel: W_x, `(features, units)`.
        recurrent_kernel: W_z before it is contracted, `(units, units)`.
        bias: b, `(units,)`; None without.
        iterations: Most steps that an example of the last training batch took, `()`; not trainable.
        residual: Greatest change of a unit that one more step would have brought there, `()`; not trainable.

    Args:
        units: Units, from 1.
        activation: f; None: the identity.
        use_bias: Whether there is a b.
        tolerance: Greatest change of a unit in a step that still counts as rest, above 0.
        max_steps: Steps after which to stop looking, from 1.
        damping: Share of the new state in each step, above 0, up to 1: less helps where z swings to and fro.
        gradient_steps: Steps that the gradient goes back through, from 1.
        contraction: Upper bound of the norm of W_z, above 0; None: there is none.
        on_failure: `nan`, or `keep`: what was reached is the output.
        kernel_initializer: First W_x.
        recurrent_initializer: First W_z.
        bias_initializer: First b.
        kernel_regularizer: What W_x adds to the loss.
        recurrent_regularizer: What W_z adds, before it is contracted.
        bias_regularizer: What b adds.

    Raises:
        ValueError: An argument is out of its range.
    """

    def __init__(  # noqa: PLR0913 # a layer's settings are its arguments
        self,
        units: int,
        activation: Any = "tanh",
        *,
        use_bias: bool = True,
        tolerance: float = 1e-4,
        max_steps: int = 200,
        damping: float = 1.0,
        gradient_steps: int = 5,
        contraction: float | None = 0.95,
        on_failure: str = "nan",
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check_counts(units=units, max_steps=max_steps, gradient_steps=gradient_steps)
        if tolerance <= 0 or not 0 < damping <= 1 or (contraction is not None and contraction <= 0):
            raise ValueError(
                "`tolerance` and `contraction` are above 0, `damping` is above 0 and up to 1. Received: "
                f"tolerance={tolerance}, contraction={contraction}, damping={damping}"
            )
        if on_failure not in FAILURES:
            raise ValueError(f"`on_failure` is one of {', '.join(FAILURES)}. Received: on_failure={on_failure}")
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.tolerance = tolerance
        self.max_steps = max_steps
        self.damping = damping
        self.gradient_steps = gradient_steps
        self.contraction = contraction
        self.on_failure = on_failure
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.bias: Any = None
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            autocast=False,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, self.units),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            autocast=False,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                autocast=False,
            )
        report = {"shape": (), "initializer": "zeros", "trainable": False, "autocast": False, "aggregation": "mean"}
        self.iterations = self.add_weight(name="iterations", **report)
        self.residual = self.add_weight(name="residual", **report)

    def call(self, inputs: Any, training: bool | None = None) -> Any:  # noqa: FBT001 # Keras's own argument
        """Return the state of rest of each example."""
        driven, between = self._driven(inputs), self.contracted_kernel()
        states, taken, residual = self._settle(ops.stop_gradient(driven), ops.stop_gradient(between))
        if training:
            self.iterations.assign(ops.cast(ops.max(taken), self.variable_dtype))
            self.residual.assign(ops.max(residual))
        for _ in range(self.gradient_steps):
            states = self._stepped(states, driven, between)
        if self.on_failure == "nan":
            states = ops.where((residual <= self.tolerance)[..., None], states, float("nan"))
        return ops.cast(states, self.compute_dtype)

    def contracted_kernel(self) -> Any:
        """Return W_z as it is used, `(units, units)`."""
        if self.contraction is None:
            return ops.convert_to_tensor(self.recurrent_kernel)
        norm = ops.max(ops.sum(ops.abs(self.recurrent_kernel), axis=0))
        return self.recurrent_kernel * (self.contraction / ops.maximum(norm, self.contraction))

    def diagnose(self, inputs: Any, *, power_iterations: int = 200) -> Diagnosis:
        """Report how the layer comes to rest on `inputs`; nothing is changed.

        The spectral radius is found by power iteration: a small disturbance is followed for `power_iterations` steps,
        and its mean factor over the second half of them is the answer; the mean, because the disturbance turns where
        the greatest eigenvalues are complex.

        Args:
            inputs: Examples, `(batch, *sizes, features)`.
            power_iterations: Steps of the power iteration, from 2.
        """
        if not self.built:
            self.build(tuple(np.shape(inputs)))
        driven, between = self._driven(inputs), self.contracted_kernel()
        states, taken, residual = self._settle(driven, between)
        noise = np.random.default_rng(0).normal(size=tuple(states.shape))
        direction = ops.convert_to_tensor(noise, self.variable_dtype)
        logarithms = []
        for _ in range(power_iterations):
            direction = direction / ops.maximum(ops.norm(direction, axis=-1, keepdims=True), 1e-30)
            ahead = self._next(states + NUDGE * direction, driven, between)
            behind = self._next(states - NUDGE * direction, driven, between)
            direction = (ahead - behind) / (2 * NUDGE)
            logarithms.append(np.log(np.maximum(ops.convert_to_numpy(ops.norm(direction, axis=-1)), 1e-30)))
        radius = np.exp(np.mean(logarithms[power_iterations // 2 :], axis=0))
        left = ops.convert_to_numpy(residual)
        return Diagnosis(ops.convert_to_numpy(taken), left, radius, left <= self.tolerance)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape` with `units` in place of the features."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        names = ("units", "use_bias", "tolerance", "max_steps", "damping", "gradient_steps", "contraction")
        initializers = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
        regularizers = ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer")
        return {
            **super().get_config(),
            **{name: vars(self)[name] for name in (*names, "on_failure")},
            "activation": keras.activations.serialize(self.activation),
            **{name: keras.initializers.serialize(vars(self)[name]) for name in initializers},
            **{name: keras.regularizers.serialize(vars(self)[name]) for name in regularizers},
        }

    def _driven(self, inputs: Any) -> Any:
        """Return what the input gives each unit in every step, `(*batch, units)`."""
        driven = ops.matmul(ops.cast(inputs, self.variable_dtype), self.kernel)
        return driven if self.bias is None else driven + self.bias

    def _settle(self, driven: Any, between: Any) -> tuple[Any, Any, Any]:
        """Step until every example is at rest, or `max_steps` are done.

        An example that is at rest stays as it is: what becomes of it must not depend on the others in its batch.

        Returns:
            States, steps taken and residual of each example.
        """
        states = ops.zeros_like(driven)
        batch = ops.shape(driven)[:-1]
        following = self._next(states, driven, between)
        begin = (0, states, following, ops.zeros(batch, "int32"), _greatest_change(states, following))
        _, states, _, taken, residual = ops.while_loop(
            lambda step, *loop: ops.logical_and(step < self.max_steps, ops.any(loop[-1] > self.tolerance)),
            lambda step, *loop: (step + 1, *self._advance(*loop, driven=driven, between=between)),
            begin,
        )
        return states, taken, residual

    def _advance(self, states: Any, following: Any, taken: Any, residual: Any, *, driven: Any, between: Any) -> Any:
        """Take one damped step with each example that is not at rest; `following` is f of `states`."""
        moving = residual > self.tolerance
        damped = states + self.damping * (following - states)
        states = ops.where(moving[..., None], damped, states)
        following = self._next(states, driven, between)
        return states, following, taken + ops.cast(moving, "int32"), _greatest_change(states, following)

    def _stepped(self, states: Any, driven: Any, between: Any) -> Any:
        """Return the states after one damped step."""
        return states + self.damping * (self._next(states, driven, between) - states)

    def _next(self, states: Any, driven: Any, between: Any) -> Any:
        """Return f(z W_z + x W_x + b), `(*batch, units)`."""
        return self.activation(ops.matmul(states, between) + driven)


def _greatest_change(states: Any, following: Any) -> Any:
    """Return the greatest change of a unit of each example, `(*batch,)`."""
    return ops.max(ops.abs(following - states), axis=-1)


def _check_counts(**counts: int) -> None:
    """Raise where a count is not from 1."""
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"`{name}` is from 1. Received: {name}={count}")
