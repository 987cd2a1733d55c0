"""The modern continuous Hopfield network: attention over stored patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops


@dataclass(frozen=True)
class Descent:
    """How states changed, step by step.

    Attributes:
        states: States before the first step and after each, `(steps + 1, *batch, units)`.
        energies: The energy of each of them, `(steps + 1, *batch)`.
    """

    states: Any
    energies: Any


@keras.saving.register_keras_serializable(package="archcli")
class ModernHopfield(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Recall a stored pattern of real numbers in one step.

    For the P stored patterns X, one in each row, and the state xi (Ramsauer and others, 2020):

        xi <- softmax(beta xi X^T) X
        E = -lse(beta, X xi) + 1/2 xi^T xi + log(P) / beta + 1/2 M^2
        lse(beta, v) = log(sum(exp(beta v))) / beta,  M the greatest norm of a pattern

    It is attention with the patterns as keys and values, E never rises and is never negative. `beta` decides: where it
    is too small for the distances between the patterns, the state comes to rest at an average of several.

    The patterns are not trained but set: by `store`. Before that they are 0, and so is every output.

    Input shape:
        `(batch, *sizes, units)`.

    Output shape:
        The input's.

    Attributes:
        stored: X, `(patterns, units)`.

    Args:
        patterns: How many are stored, from 1.
        beta: How sharply one pattern is told from another, above 0.
        steps: How often the state is updated, from 1.

    Raises:
        ValueError: A number is out of its range.
    """

    def __init__(self, patterns: int, beta: float = 1.0, steps: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if patterns < 1 or steps < 1 or beta <= 0:
            raise ValueError(
                "`patterns` and `steps` are from 1, `beta` is above 0. "
                f"Received: patterns={patterns}, steps={steps}, beta={beta}"
            )
        self.patterns = patterns
        self.beta = beta
        self.steps = steps
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for the patterns."""
        self.stored = self.add_weight(
            name="stored",
            shape=(self.patterns, input_shape[-1]),
            initializer="zeros",
            trainable=False,
            autocast=False,  # in half precision, neighbouring patterns are one
        )

    def store(self, patterns: Any) -> None:
        """Set the patterns to recall.

        Args:
            patterns: `(patterns, units)`.

        Raises:
            ValueError: They are not as many as the layer holds, or have another number of units.
        """
        given = np.asarray(patterns, "float32")
        if not self.built and given.ndim == 2:
            self.build((None, given.shape[1]))
        expected = tuple(self.stored.shape) if self.built else (self.patterns, "units")
        if given.shape != expected:
            raise ValueError(f"the layer holds patterns of shape {expected}. Received: shape {given.shape}")
        self.stored.assign(given)

    def call(self, inputs: Any) -> Any:
        """Return the state of each example after `steps` updates."""
        states = ops.cast(inputs, self.variable_dtype)
        for _ in range(self.steps):
            states = self._updated(states)
        return ops.cast(states, self.compute_dtype)

    def energy(self, states: Any) -> Any:
        """Return the energy of each state.

        Args:
            states: `(*batch, units)`.

        Returns:
            `(*batch,)`, from 0.
        """
        states = ops.cast(states, self.variable_dtype)
        similarities = self.beta * ops.matmul(states, ops.transpose(self.stored))
        nearness = ops.logsumexp(similarities, axis=-1) / self.beta
        greatest = ops.max(ops.sum(ops.square(self.stored), axis=-1))
        squares = ops.sum(ops.square(states), axis=-1)
        return -nearness + squares / 2 + float(np.log(self.patterns)) / self.beta + greatest / 2

    def trajectory(self, inputs: Any) -> Descent:
        """Recall, and return all that happened on the way.

        Args:
            inputs: Cues, `(*batch, units)`.
        """
        states = ops.cast(inputs, self.variable_dtype)
        if not self.built:
            self.build(tuple(states.shape))
        passed = [states]
        for _ in range(self.steps):
            passed.append(self._updated(passed[-1]))
        energies = [ops.convert_to_numpy(self.energy(state)) for state in passed]
        return Descent(np.stack([ops.convert_to_numpy(state) for state in passed]), np.stack(energies))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from; what is stored is in the weights."""
        return {**super().get_config(), "patterns": self.patterns, "beta": self.beta, "steps": self.steps}

    def _updated(self, states: Any) -> Any:
        """Return the states after one update."""
        similarities = self.beta * ops.matmul(states, ops.transpose(self.stored))  # (*batch, patterns)
        return ops.matmul(ops.softmax(similarities, axis=-1), self.stored)
