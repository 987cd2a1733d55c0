"""Hopfield's network of 1982: a memory of patterns of +1 and -1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from keras import ops

RULES: Final = ("hebb", "pseudoinverse")
UPDATES: Final = ("async", "sync")

# Sums of float32 that ought to cancel leave about this share of their terms.
ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class Trajectory:
    """How states changed, sweep by sweep.

    Attributes:
        states: States before the first sweep and after each, `(sweeps + 1, batch, units)`, +1 and -1.
        energies: The energy of each of them, `(sweeps + 1, batch)`.
        flips: Units that changed in each sweep, `(sweeps, batch)`.
        settled: Whether each example came to a state that no longer changes, `(batch,)`. False: it goes to and fro
            between two states, or `max_steps` were too few.
    """

    states: Any
    energies: Any
    flips: Any
    settled: Any


@keras.saving.register_keras_serializable(package="archcli")
class Hopfield(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Recall the stored pattern that the input reminds of.

    For patterns `xi` of N units (Hopfield, 1982):

        W = (1/N) sum_mu xi_mu xi_mu^T, W_ii = 0        rule: hebb
        W = X^+ X, W_ii = 0                             rule: pseudoinverse (Personnaz and others, 1985)
        s_i <- sgn(sum_j W_ij s_j - theta_i)            a tie keeps s_i
        E = -1/2 s^T W s + theta^T s

    `async` goes through the units in order, each seeing the changes of those before; E then never rises, so it comes
    to rest. `sync` changes all at once and may go to and fro between two states for ever: such an example is left
    at the second of them, and `trajectory` says that it has not settled. By Hebb's rule about 0.138 N random patterns
    can be stored (Amit, Gutfreund and Sompolinsky, 1985).

    The weights are not trained but set: by `store`. Before that every state is at rest. No gradient passes.

    Input shape:
        `(batch, *sizes, units)`; a number from 0 counts as +1, a negative one as -1.

    Output shape:
        The input's; +1 and -1.

    Attributes:
        weights_between: W, `(units, units)`; row i weighs what unit i receives.
        thresholds: theta, `(units,)`; 0 if they are not assigned.

    Args:
        rule: `hebb`, or `pseudoinverse`, which also recalls patterns that resemble each other.
        update: `async` or `sync`.
        max_steps: Sweeps through all units after which to stop, from 1.

    Raises:
        ValueError: An argument is none of these.
    """

    def __init__(self, rule: str = "hebb", update: str = "async", max_steps: int = 100, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if rule not in RULES:
            raise ValueError(f"`rule` is one of {', '.join(RULES)}. Received: rule={rule}")
        if update not in UPDATES:
            raise ValueError(f"`update` is one of {', '.join(UPDATES)}. Received: update={update}")
        if max_steps < 1:
            raise ValueError(f"`max_steps` is from 1. Received: max_steps={max_steps}")
        self.rule = rule
        self.update = update
        self.max_steps = max_steps
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights, all 0."""
        units = input_shape[-1]
        # Not in half precision: what decides is the sign of a sum.
        plain = {"initializer": "zeros", "trainable": False, "autocast": False}
        self.weights_between = self.add_weight(name="weights_between", shape=(units, units), **plain)
        self.thresholds = self.add_weight(name="thresholds", shape=(units,), **plain)

    def store(self, patterns: Any) -> None:
        """Set the weights so that `patterns` are remembered, and nothing else.

        Args:
            patterns: `(patterns, units)`, +1 and -1.

        Raises:
            ValueError: They have another shape or other numbers.
        """
        stored = np.asarray(patterns, "float64")
        if stored.ndim != 2 or 0 in stored.shape or not np.isin(stored, (-1, 1)).all():
            raise ValueError(f"patterns are +1 and -1, `(patterns, units)`. Received: shape {stored.shape}")
        if not self.built:
            self.build((None, stored.shape[1]))
        units = self.weights_between.shape[0]
        if stored.shape[1] != units:
            raise ValueError(f"the network has {units} units. Received: patterns of {stored.shape[1]}")
        between = stored.T @ stored / units if self.rule == "hebb" else np.linalg.pinv(stored) @ stored
        np.fill_diagonal(between, 0)
        self.weights_between.assign((between + between.T) / 2)

    def call(self, inputs: Any) -> Any:
        """Return the state at which each example comes to rest."""
        states = ops.stop_gradient(self._signs(inputs))
        begin = (0, states, ops.zeros_like(states), ops.zeros(ops.shape(states)[:-1], "bool"))
        _, states, _, _ = ops.while_loop(
            lambda sweep, *loop: ops.logical_and(sweep < self.max_steps, ops.logical_not(ops.all(loop[-1]))),
            lambda sweep, *loop: (sweep + 1, *self._advance(*loop)),
            begin,
        )
        return ops.cast(ops.stop_gradient(states), self.compute_dtype)

    def energy(self, states: Any) -> Any:
        """Return the energy of each state.

        Args:
            states: `(*batch, units)`, +1 and -1.

        Returns:
            `(*batch,)`.
        """
        states = ops.cast(states, self.variable_dtype)
        inner = ops.sum(states * ops.matmul(states, ops.transpose(self.weights_between)), axis=-1)
        return -inner / 2 + ops.sum(self.thresholds * states, axis=-1)

    def trajectory(self, inputs: Any) -> Trajectory:
        """Recall, and return all that happened on the way.

        Args:
            inputs: Cues, `(batch, units)`.
        """
        if not self.built:
            self.build(tuple(np.shape(inputs)))
        between = ops.convert_to_numpy(self.weights_between).astype("float64")
        thresholds = ops.convert_to_numpy(self.thresholds).astype("float64")
        states = np.where(np.asarray(inputs) >= 0, 1.0, -1.0)
        previous, resting = np.zeros_like(states), np.zeros(states.shape[:-1], bool)
        passed = [states]
        while len(passed) <= self.max_steps and not resting.all():
            following = np.where(resting[..., None], states, self._swept(states, between, thresholds))
            resting = resting | (following == states).all(axis=-1) | (following == previous).all(axis=-1)
            states, previous = following, states
            passed.append(states)
        path = np.stack(passed)
        energies = -((path @ between.T) * path).sum(axis=-1) / 2 + path @ thresholds
        settled = (self._swept(states, between, thresholds) == states).all(axis=-1)
        return Trajectory(path, energies, (path[1:] != path[:-1]).sum(axis=-1), settled)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from; what is stored is in the weights."""
        return {**super().get_config(), "rule": self.rule, "update": self.update, "max_steps": self.max_steps}

    def _swept(self, states: Any, between: Any, thresholds: Any) -> Any:
        """Return NumPy's `states` after one sweep: a small step of a tensor library's costs far more than NumPy's."""
        ties = ROUNDING * (np.abs(between).sum(axis=1) + np.abs(thresholds))
        if self.update == "sync":
            fields = states @ between.T - thresholds
            return np.where(np.abs(fields) <= ties, states, np.where(fields > 0, 1.0, -1.0))
        states = states.copy()
        for unit, row in enumerate(between):
            field = states @ row - thresholds[unit]
            states[..., unit] = np.where(np.abs(field) <= ties[unit], states[..., unit], np.where(field > 0, 1.0, -1.0))
        return states

    def _advance(self, states: Any, previous: Any, resting: Any) -> tuple[Any, Any, Any]:
        """Sweep once; an example that is at rest, or back where it was two sweeps ago, stays as it is from then on.

        It stays for the sake of the others in its batch: what becomes of an example must not depend on them.
        """
        following = ops.where(resting[..., None], states, self._sweep(states))
        at_rest = ops.all(following == states, axis=-1)
        to_and_fro = ops.all(following == previous, axis=-1)
        return following, states, ops.logical_or(resting, ops.logical_or(at_rest, to_and_fro))

    def _sweep(self, states: Any) -> Any:
        """Change every unit once."""
        ties = ROUNDING * (ops.sum(ops.abs(self.weights_between), axis=1) + ops.abs(self.thresholds))
        if self.update == "sync":
            return self._decided(ops.matmul(states, ops.transpose(self.weights_between)), states, ties)
        units = self.weights_between.shape[0]
        return ops.fori_loop(0, units, lambda unit, loop: self._with_one_decided(loop, unit, ties), states)

    def _with_one_decided(self, states: Any, unit: Any, ties: Any) -> Any:
        """Return `states` in which one unit has decided."""
        received = ops.sum(states * ops.take(self.weights_between, unit, axis=0), axis=-1, keepdims=True)
        is_unit = ops.equal(ops.arange(self.weights_between.shape[0]), unit)
        return ops.where(is_unit, self._decided(received, states, ties), states)

    def _decided(self, received: Any, states: Any, ties: Any) -> Any:
        """Return the sign of what is received less the thresholds; a tie keeps the state."""
        fields = received - self.thresholds
        return ops.where(ops.abs(fields) <= ties, states, ops.where(fields > 0, 1.0, -1.0))

    def _signs(self, inputs: Any) -> Any:
        """Return +1 where `inputs` are from 0, else -1."""
        return ops.cast(ops.where(ops.convert_to_tensor(inputs) >= 0, 1, -1), self.variable_dtype)
