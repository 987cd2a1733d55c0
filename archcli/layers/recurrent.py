"""What the classic recurrent layers share: the settings of their weights, and Keras's scan, mended where it errs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import keras
from keras import ops


class RecurrentCell(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """One step of a recurrent network: what its weights are made by, and the states that it starts from.

    The first state of every cell is the output of the step before: where a mask skips a step, Keras's JAX backend
    hands on `states[0]` as the output, whatever it is.

    Attributes:
        units: Size of the hidden layer, from 1.
        state_size: Size of each state.
        output_size: Size of what a step gives out.
    """

    def __init__(
        self,
        units: int,
        *,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        use_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = at_least_one("units", units)
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.use_bias = use_bias
        self.state_size: list[int] = [units]
        self.output_size = units

    def add_kernel(self, name: str, shape: tuple[int, int], initializer: Any, regularizer: Any) -> Any:
        """Return a new trainable matrix, `(in, out)`."""
        return self.add_weight(name=name, shape=shape, initializer=initializer, regularizer=regularizer)

    def add_bias(self, name: str, size: int) -> Any:
        """Return a new trainable bias, `(size,)`; None where the cell has none."""
        return self.add_weight(name=name, shape=(size,), initializer=self.bias_initializer) if self.use_bias else None

    def started_at(self, values: Sequence[float], batch_size: Any) -> list[Any]:
        """Return the states before the first step, each filled with its value, in the dtype of the computation.

        Args:
            values: One for each state.
            batch_size: Sequences; a number or a scalar tensor.
        """
        sizes = zip(self.state_size, values, strict=True)
        return [ops.full((batch_size, size), value, dtype=self.compute_dtype) for size, value in sizes]

    def activated(self, activation: Any, drive: Any) -> Any:
        """Return `activation(drive)` in the dtype of the computation, which a scan must get back, whatever it gives."""
        return ops.cast(activation(drive), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what the cell is made again from."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "recurrent_regularizer": keras.regularizers.serialize(self.recurrent_regularizer),
            "use_bias": self.use_bias,
        }


class RecurrentLayer(keras.layers.RNN):  # type: ignore[misc] # Keras publishes no types
    """`keras.layers.RNN` round one kind of cell, whose arguments it takes as its own.

    It differs from Keras's in two things. `reset_state` goes back to the state that the network starts from, where
    Keras's writes zeros. And where the sequence comes out backwards, its mask does too.
    """

    def reset_state(self) -> None:
        """Set the states that a stateful layer has carried on back to where it started."""
        if self.states is None:
            return
        start = self.get_initial_state(self.states[0].shape[0])
        for state, value in zip(self.states, start, strict=True):
            state.assign(value)

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """Return the mask of each output, in the order of its steps."""
        steps = keras.tree.flatten(mask)[0]
        if self.go_backwards and self.return_sequences and steps is not None:
            return super().compute_mask(inputs, ops.flip(steps, axis=1))
        return super().compute_mask(inputs, mask)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        own = super().get_config()
        del own["cell"]
        return {**self.cell.get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Make a layer from what `get_config` returned."""
        with keras.saving.custom_object_scope(custom_objects or {}):
            return cls(**config)


def plus(drive: Any, bias: Any) -> Any:
    """Return `drive + bias`; `drive` where there is no bias."""
    return drive if bias is None else drive + bias


def of_layer(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those of a layer's Keras arguments that its cell must have too: Keras does not hand them on."""
    return {name: arguments[name] for name in ("dtype", "trainable") if name in arguments}


def at_least_one(name: str, value: int) -> int:
    """Return `value`.

    Raises:
        ValueError: It is less than 1.
    """
    if value < 1:
        raise ValueError(f"`{name}` should be a whole number from 1. Received: {name}={value}")
    return value


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return `value`.

    Raises:
        ValueError: It is not in `allowed`.
    """
    if value not in allowed:
        raise ValueError(f"`{name}` should be one of {', '.join(map(repr, allowed))}. Received: {name}={value!r}")
    return value
