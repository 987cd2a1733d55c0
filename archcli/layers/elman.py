"""Elman's simple recurrent network, with its readout and its context units."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from archcli.layers.recurrent import RecurrentCell, RecurrentLayer, at_least_one, of_layer, plus


@keras.saving.register_keras_serializable(package="archcli")
class ElmanCell(RecurrentCell):
    """One step of an Elman network; see `Elman`, whose arguments it takes.

    Call arguments:
        inputs: `(batch, features)`.
        states: With a readout `[(batch, output_units), (batch, units)]`, the output and the hidden activations of
            the step before; without `[(batch, units)]`, which are both.
    """

    def __init__(
        self,
        units: int,
        output_units: int | None = None,
        *,
        output_activation: Any = "linear",
        initial_context: float = 0.0,
        detach_context: bool = False,
        output_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        self.output_units = output_units
        self.output_activation = keras.activations.get(output_activation)
        self.initial_context = initial_context
        self.detach_context = detach_context
        self.output_initializer = keras.initializers.get(output_initializer)
        if output_units is not None:
            self.state_size = [at_least_one("output_units", output_units), units]
            self.output_size = output_units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for inputs `(batch, features)`."""
        kernel, recurrent = self.kernel_regularizer, self.recurrent_regularizer
        features, units = input_shape[-1] or 0, self.units
        self.kernel = self.add_kernel("kernel", (features, units), self.kernel_initializer, kernel)
        self.recurrent_kernel = self.add_kernel(
            "recurrent_kernel", (units, units), self.recurrent_initializer, recurrent
        )
        self.bias = self.add_bias("bias", units)
        if self.output_units is not None:
            shape = (units, self.output_units)
            self.output_kernel = self.add_kernel("output_kernel", shape, self.output_initializer, kernel)
            self.output_bias = self.add_bias("output_bias", self.output_units)
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:  # noqa: FBT001, FBT002, ARG002 -- Keras's
        """Return the output of one step and the states for the next."""
        context = ops.stop_gradient(states[-1]) if self.detach_context else states[-1]  # (batch, units)
        drive = plus(ops.matmul(inputs, self.kernel), self.bias) + ops.matmul(context, self.recurrent_kernel)
        hidden = self.activated(self.activation, drive)  # (batch, units)
        if self.output_units is None:
            return hidden, [hidden]
        drive = plus(ops.matmul(hidden, self.output_kernel), self.output_bias)
        output = self.activated(self.output_activation, drive)  # (batch, output_units)
        return output, [output, hidden]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return the states before the first step: no output, and the initial context."""
        values = [self.initial_context] if self.output_units is None else [0.0, self.initial_context]
        return self.started_at(values, batch_size)

    def get_config(self) -> dict[str, Any]:
        """Return what the cell is made again from."""
        return {
            **super().get_config(),
            "output_units": self.output_units,
            "output_activation": keras.activations.serialize(self.output_activation),
            "initial_context": self.initial_context,
            "detach_context": self.detach_context,
            "output_initializer": keras.initializers.serialize(self.output_initializer),
        }


@keras.saving.register_keras_serializable(package="archcli")
class Elman(RecurrentLayer):
    """Elman's simple recurrent network: hidden units that see a copy of themselves one step late.

    For each step `t`, with the context `c_t`, a copy of the hidden activations of the step before::

        c_t = h_{t-1}                          c_1 = initial_context
        h_t = activation(x_t W_x + c_t W_c + b_h)
        y_t = output_activation(h_t W_y + b_y)

    The copy is fixed at 1.0, the weights `W_c` from the context are trained. Without a readout (`output_units` None)
    `y_t = h_t`, and the layer computes what `keras.layers.SimpleRNN` does.

    Weights: `units * (features + units + 1)`, and `output_units * (units + 1)` of the readout.

    Input shape:
        `(batch, steps, features)`. Steps that the mask leaves out change nothing.

    Output shape:
        `(batch, output_units or units)`, with `return_sequences` `(batch, steps, output_units or units)`. With
        `return_state`, then the states: the last output `(batch, output_units)` if there is a readout, and the last
        hidden activations `(batch, units)`, which is also what `initial_state` takes.

    Args:
        units: Hidden units, and so many context units, from 1.
        output_units: Units of the readout, from 1; None for no readout.
        activation: Of the hidden units; None is linear.
        output_activation: Of the readout; None is linear.
        initial_context: What every context unit starts at; 0.5 in the paper, whose activations lie between 0 and 1.
        detach_context: Learn as in 1990: the context is an input like any other, through which no gradient flows
            into earlier steps. See the attribute.
        kernel_initializer: Of `W_x`.
        recurrent_initializer: Of `W_c`.
        output_initializer: Of `W_y`.
        bias_initializer: Of `b_h` and `b_y`.
        kernel_regularizer: Of `W_x` and `W_y`.
        recurrent_regularizer: Of `W_c`.
        use_bias: Have `b_h` and `b_y`.
        return_sequences: Return the output of every step, not of the last only.
        return_state: Return the last states too.
        go_backwards: Read the sequence from its end, and return the outputs in that order.
        stateful: Begin where the batch before ended; `reset_state` begins anew.
        unroll: Write the steps out instead of looping; for short sequences of fixed length.
        **kwargs: Keras's own, such as `name` and `dtype`.

    Raises:
        ValueError: `units` or `output_units` is less than 1.

    Source:
        J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990) 179-211.
    """

    def __init__(  # noqa: PLR0913 -- each is a setting of a recipe
        self,
        units: int,
        output_units: int | None = None,
        *,
        activation: Any = "tanh",
        output_activation: Any = "linear",
        initial_context: float = 0.0,
        detach_context: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        output_initializer: Any = "glorot_uniform",
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
        cell = ElmanCell(
            units,
            output_units,
            activation=activation,
            output_activation=output_activation,
            initial_context=initial_context,
            detach_context=detach_context,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            output_initializer=output_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            use_bias=use_bias,
            name="elman_cell",
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

    @property
    def detach_context(self) -> bool:
        """Whether no gradient flows through the context; a function that was traced before keeps what it had."""
        return bool(self.cell.detach_context)

    @detach_context.setter
    def detach_context(self, detached: bool) -> None:
        self.cell.detach_context = detached
