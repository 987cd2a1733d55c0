"""Williams and Zipser's fully recurrent network: one layer of units, each joined to all."""

from __future__ import annotations

from typing import Any, Final

import keras
from keras import ops

from archcli.layers.recurrent import RecurrentCell, RecurrentLayer, at_least_one, of_layer, one_of

INPUT_MODES: Final = ("dense", "clamp")


@keras.saving.register_keras_serializable(package="archcli")
class FullyRecurrentCell(RecurrentCell):
    """One step of a fully recurrent network; see `FullyRecurrent`, whose arguments it takes.

    Call arguments:
        inputs: `(batch, features)`.
        states: `[(batch, units)]`, the activations of the step before; where only some units are read, those come
            first, `[(batch, output_units), (batch, units)]`.
    """

    def __init__(
        self,
        units: int,
        output_units: int | None = None,
        *,
        ticks: int = 1,
        self_connections: bool = True,
        input_mode: str = "dense",
        activation: Any = "sigmoid",
        initial_state_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation=activation, **kwargs)
        self.output_units = units if output_units is None else at_least_one("output_units", output_units)
        if self.output_units > units:
            raise ValueError(
                "`output_units` should be some of the `units`, so not more. "
                f"Received: output_units={output_units}, units={units}"
            )
        self.ticks = at_least_one("ticks", ticks)
        self.self_connections = self_connections
        self.input_mode = one_of("input_mode", input_mode, INPUT_MODES)
        self.initial_state_value = initial_state_value
        self.output_size = self.output_units
        if self.output_units < units:
            self.state_size = [self.output_units, units]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for inputs `(batch, features)`."""
        features = input_shape[-1] or 0
        if self.input_mode == "clamp" and features != self.units:
            raise ValueError(
                f"`input_mode` 'clamp' gives each unit one input, so {self.units} features are expected. "
                f"Received: input_shape={input_shape}"
            )
        self.input_rows = features if self.input_mode == "dense" else 0
        self.kernel = self.add_kernel(
            "kernel",
            (self.input_rows + self.units + int(self.use_bias), self.units),
            self._initial_kernel,
            self._penalty if self.kernel_regularizer or self.recurrent_regularizer else None,
        )
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:  # noqa: FBT001, FBT002, ARG002 -- Keras's
        """Return the output of one step, after all its ticks, and the states for the next."""
        into, between = self._rows(self.kernel)
        drive = inputs if self.input_mode == "clamp" else ops.matmul(inputs, into)
        if self.use_bias:
            drive = drive + self.kernel[-1]
        if not self.self_connections:
            between = between * self._others(between.dtype)
        active = states[-1]  # (batch, units)
        for _ in range(self.ticks):
            active = self.activated(self.activation, drive + ops.matmul(active, between))
        if self.output_units == self.units:
            return active, [active]
        output = active[:, : self.output_units]
        return output, [output, active]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return the states before the first step, all units at the initial value."""
        return self.started_at([self.initial_state_value] * len(self.state_size), batch_size)

    def get_config(self) -> dict[str, Any]:
        """Return what the cell is made again from."""
        return {
            **super().get_config(),
            "output_units": self.output_units,
            "ticks": self.ticks,
            "self_connections": self.self_connections,
            "input_mode": self.input_mode,
            "initial_state_value": self.initial_state_value,
        }

    def _rows(self, kernel: Any) -> tuple[Any, Any]:
        """Return the weights from the inputs, `(features, units)`, and those between the units, `(units, units)`."""
        return kernel[: self.input_rows], kernel[self.input_rows : self.input_rows + self.units]

    def _others(self, dtype: str) -> Any:
        """Return 1 between different units and 0 from each to itself, `(units, units)`."""
        return 1 - ops.eye(self.units, dtype=dtype)

    def _initial_kernel(self, shape: tuple[int, int], dtype: str | None = None) -> Any:
        """Return the matrix that training starts from, each group of rows from its own initializer."""
        units = shape[1]
        between = self.recurrent_initializer((units, units), dtype=dtype)
        rows = [between if self.self_connections else between * self._others(between.dtype)]
        if self.input_rows:
            rows.insert(0, self.kernel_initializer((self.input_rows, units), dtype=dtype))
        if self.use_bias:
            rows.append(self.bias_initializer((1, units), dtype=dtype))
        return ops.concatenate(rows, axis=0)

    def _penalty(self, kernel: Any) -> Any:
        """Return what the regularizers ask for the matrix, each for its own rows."""
        into, between = self._rows(kernel)
        regularizers = ((self.kernel_regularizer, into), (self.recurrent_regularizer, between))
        return sum(regularizer(rows) for regularizer, rows in regularizers if regularizer is not None)


@keras.saving.register_keras_serializable(package="archcli")
class FullyRecurrent(RecurrentLayer):
    """Williams and Zipser's network: units that all see the inputs, each other and themselves, one step late.

    For each step `t`, one matrix `W` for inputs, units and the constant 1::

        z(t) = [x(t) ; y(t) ; 1]
        y(t+1) = activation(z(t) W)                      y(1) = initial_state_value
        output at t = the first `output_units` of y(t+1)

    With more than one tick the input is held while the units update so often; `ticks` of k is one tick on a sequence
    that has each step k times, read at every k-th. Within one tick an input reaches each unit directly only, so
    one-tick networks need a step of delay to compute what is not a function of a weighted sum, such as XOR.

    Training is back-propagation through time, which has the same gradient as the paper's real-time recurrent
    learning.

    Weights: `(features + units + 1) * units`, rows in that order. Without self connections the diagonal of the
    middle rows is 0 and stays so.

    Input shape:
        `(batch, steps, features)`. Steps that the mask leaves out change nothing.

    Output shape:
        `(batch, output_units)`, with `return_sequences` `(batch, steps, output_units)`. With `return_state`, then the
        states: the last output `(batch, output_units)` if not all units are read, and the last activations
        `(batch, units)`, which is also what `initial_state` takes.

    Args:
        units: Units, from 1.
        output_units: How many of them are read, the first ones; None for all.
        ticks: Updates of all units for each step, from 1.
        self_connections: Whether a unit sees itself.
        input_mode: "dense" joins every input to every unit. "clamp" adds input `i` to what reaches unit `i`, without
            weights: each unit is both input and output, so there are `units` features, and `W` has no rows for them.
        activation: Of the units; None is linear.
        initial_state_value: What every unit starts at.
        kernel_initializer: Of the rows for the inputs.
        recurrent_initializer: Of the rows for the units.
        bias_initializer: Of the last row.
        kernel_regularizer: Of the rows for the inputs.
        recurrent_regularizer: Of the rows for the units.
        use_bias: Have the constant 1 among the inputs, and a row for it.
        return_sequences: Return the output of every step, not of the last only.
        return_state: Return the last states too.
        go_backwards: Read the sequence from its end, and return the outputs in that order.
        stateful: Begin where the batch before ended; `reset_state` begins anew.
        unroll: Write the steps out instead of looping; for short sequences of fixed length.
        **kwargs: Keras's own, such as `name` and `dtype`.

    Raises:
        ValueError: `units`, `output_units` or `ticks` is less than 1, more units are read than there are,
            `input_mode` is unknown, or it is "clamp" and the number of features is not `units`.

    Source:
        R. J. Williams and D. Zipser, "A learning algorithm for continually running fully recurrent neural networks",
        Neural Computation 1 (1989) 270-280.
    """

    def __init__(  # noqa: PLR0913 -- each is a setting of a recipe
        self,
        units: int,
        output_units: int | None = None,
        *,
        ticks: int = 1,
        self_connections: bool = True,
        input_mode: str = "dense",
        activation: Any = "sigmoid",
        initial_state_value: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        use_bias: bool = True,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = FullyRecurrentCell(
            units,
            output_units,
            ticks=ticks,
            self_connections=self_connections,
            input_mode=input_mode,
            activation=activation,
            initial_state_value=initial_state_value,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            use_bias=use_bias,
            name="fully_recurrent_cell",
            **of_layer(kwargs),
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )
