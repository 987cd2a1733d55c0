"""Jordan's sequential network, whose state remembers its outputs, or the right ones."""

from __future__ import annotations

from typing import Any, Final

import keras
from keras import ops

from archcli.layers.recurrent import RecurrentCell, RecurrentLayer, at_least_one, of_layer, one_of, plus

STATE_UPDATES: Final = ("sum", "ema")
FEEDBACKS: Final = ("own", "teacher", "scheduled")


@keras.saving.register_keras_serializable(package="archcli")
class JordanCell(RecurrentCell):
    """One step of a Jordan network; see `Jordan`, whose arguments it takes.

    Call arguments:
        inputs: `(batch, features)`; with `teacher_features` `(batch, features + output_units)`, the last of which are
            the target of the step before; with scheduled feedback one more, 1 where the truth is fed back and 0 where
            the own output is.
        states: `[(batch, output_units), (batch, output_units)]`, the output of the step before and the trace.
    """

    def __init__(  # noqa: PLR0913 -- each is an argument of the layer
        self,
        units: int,
        output_units: int,
        *,
        decay: float = 0.0,
        state_update: str = "sum",
        feedback: str = "own",
        teacher_features: bool | None = None,
        output_activation: Any = "linear",
        initial_state_value: float = 0.0,
        output_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        if not 0 <= decay < 1:
            raise ValueError(f"`decay` should be at least 0 and less than 1. Received: decay={decay}")
        self.output_units = at_least_one("output_units", output_units)
        self.decay = decay
        self.state_update = one_of("state_update", state_update, STATE_UPDATES)
        self.teacher_features = feedback != "own" if teacher_features is None else teacher_features
        self.feedback = feedback
        self.output_activation = keras.activations.get(output_activation)
        self.initial_state_value = initial_state_value
        self.output_initializer = keras.initializers.get(output_initializer)
        self.state_size = [output_units, output_units]
        self.output_size = output_units

    @property
    def feedback(self) -> str:
        """What the state remembers: `own`, `teacher` or `scheduled`."""
        return self._feedback

    @feedback.setter
    def feedback(self, feedback: str) -> None:
        one_of("feedback", feedback, FEEDBACKS)
        if feedback != "own" and not self.teacher_features:
            raise ValueError(
                f"`feedback` {feedback!r} needs `teacher_features`, the targets among the inputs. "
                f"Received: feedback={feedback!r}, teacher_features=False"
            )
        self._feedback = feedback

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for inputs `(batch, features)`, or with the targets behind them."""
        arriving = input_shape[-1] or 0
        self.features = arriving - self.output_units if self.teacher_features else arriving
        if self.features < 0:
            raise ValueError(
                f"the last {self.output_units} features should be the target of the step before, one for each of "
                f"`output_units`. Received: input_shape={input_shape}"
            )
        kernel, recurrent = self.kernel_regularizer, self.recurrent_regularizer
        units, outputs = self.units, self.output_units
        # With nothing but the targets for input there is no plan, and so no weights for one.
        self.kernel = (
            self.add_kernel("kernel", (self.features, units), self.kernel_initializer, kernel)
            if self.features
            else None
        )
        self.recurrent_kernel = self.add_kernel(
            "recurrent_kernel", (outputs, units), self.recurrent_initializer, recurrent
        )
        self.bias = self.add_bias("bias", units)
        self.output_kernel = self.add_kernel("output_kernel", (units, outputs), self.output_initializer, kernel)
        self.output_bias = self.add_bias("output_bias", outputs)
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:  # noqa: FBT001, FBT002, ARG002 -- Keras's
        """Return the output of one step and the states for the next."""
        gain = 1.0 if self.state_update == "sum" else 1.0 - self.decay
        state = states[1] + gain * self._fed_back(inputs, states[0])  # (batch, output_units)
        drive = ops.matmul(state, self.recurrent_kernel)
        drive = drive if self.kernel is None else drive + ops.matmul(inputs[:, : self.features], self.kernel)
        hidden = self.activated(self.activation, plus(drive, self.bias))  # (batch, units)
        drive = plus(ops.matmul(hidden, self.output_kernel), self.output_bias)
        output = self.activated(self.output_activation, drive)
        return output, [output, self.decay * state]

    def _fed_back(self, inputs: Any, output: Any) -> Any:
        """Return what the state takes in: the output of the step before, or its target, `(batch, output_units)`."""
        if self.feedback == "own":
            return output
        end = self.features + self.output_units
        target = inputs[:, self.features : end]
        return target if self.feedback == "teacher" else ops.where(inputs[:, end:] > 0, target, output)

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return the states before the first step: no output, and the initial state as the trace."""
        return self.started_at([0.0, self.initial_state_value], batch_size)

    def get_config(self) -> dict[str, Any]:
        """Return what the cell is made again from."""
        return {
            **super().get_config(),
            "output_units": self.output_units,
            "decay": self.decay,
            "state_update": self.state_update,
            "feedback": self.feedback,
            "teacher_features": self.teacher_features,
            "output_activation": keras.activations.serialize(self.output_activation),
            "initial_state_value": self.initial_state_value,
            "output_initializer": keras.initializers.serialize(self.output_initializer),
        }


@keras.saving.register_keras_serializable(package="archcli")
class Jordan(RecurrentLayer):
    """Jordan's sequential network: hidden units that see a fading memory of what the network answered.

    For each step `t`, with the state `s_t`, one unit for each output::

        s_1 = initial_state_value
        s_t = decay * s_{t-1} + gain * fb_{t-1}          gain = 1 ("sum") or 1 - decay ("ema")
        h_t = activation(x_t W_x + s_t W_s + b_h)
        y_t = output_activation(h_t W_y + b_y)

    What is fed back, `fb`, is the network's own output `y`, or the target `d` that it ought to have been (teacher
    forcing), or one of them by chance. The links from output to state are fixed. Under teacher forcing the state is a
    fixed filter of the targets, so the network learns as a feed-forward one does.

    The target arrives in the input, one step late: the last `output_units` features of step `t` are `d_{t-1}`, zeros
    at the first step; those before them are `x_t`. So a network that is fed its own answers, one step late, computes
    exactly what it does with `feedback` "own". Where the layer goes backwards, "late" means from the step behind.

    With "sum" the state reaches up to `1 / (1 - decay)` times the output; with "ema" it keeps to the output's scale.
    With a linear output and a decay above 0 the free run may grow without bound.

    Weights: `units * (features + output_units + 1) + output_units * (units + 1)`.

    Input shape:
        `(batch, steps, features)`; with `teacher_features` `(batch, steps, features + output_units)`, where
        `features` may be 0. Steps that the mask leaves out change nothing.

    Output shape:
        `(batch, output_units)`, with `return_sequences` `(batch, steps, output_units)`. With `return_state`, then the
        states, each `(batch, output_units)`: the last output `y`, and the trace `decay * s`, which is what the next
        state keeps of the last. `initial_state` takes the same two; the first state is then `trace + gain * y`.

    Args:
        units: Hidden units, from 1.
        output_units: Units of output, and so many of state, from 1.
        decay: What a state unit keeps of itself at each step, from 0 to less than 1.
        state_update: "sum" adds what is fed back, "ema" averages it in.
        feedback: "own" feeds back the network's output, "teacher" the target that arrives. "scheduled" draws, while
            training, for each step of each sequence whether the truth or the own output is fed back, and takes what
            arrives otherwise. See the attribute.
        teacher_share: How probable the truth is when it is drawn, 0 to 1.
        teacher_features: Whether the targets are among the inputs, also where `feedback` "own" ignores them; None:
            they are unless `feedback` is "own".
        activation: Of the hidden units; None is linear.
        output_activation: Of the outputs; None is linear.
        initial_state_value: What every state unit starts at.
        kernel_initializer: Of `W_x`.
        recurrent_initializer: Of `W_s`.
        output_initializer: Of `W_y`.
        bias_initializer: Of `b_h` and `b_y`.
        kernel_regularizer: Of `W_x` and `W_y`.
        recurrent_regularizer: Of `W_s`.
        use_bias: Have `b_h` and `b_y`.
        return_sequences: Return the output of every step, not of the last only.
        return_state: Return the last states too.
        go_backwards: Read the sequence from its end, and return the outputs in that order.
        stateful: Begin where the batch before ended; `reset_state` begins anew.
        unroll: Write the steps out instead of looping; for short sequences of fixed length.
        seed: Of the draws of scheduled feedback; None: another one each time.
        **kwargs: Keras's own, such as `name` and `dtype`.

    Raises:
        ValueError: `units` or `output_units` is less than 1, `decay` or `teacher_share` out of range, `state_update`
            or `feedback` unknown; or the targets are needed and not among the inputs.

    Source:
        M. I. Jordan, "Serial order: a parallel distributed processing approach", ICS Report 8604 (1986). "scheduled":
        S. Bengio et al., "Scheduled sampling for sequence prediction with recurrent neural networks" (2015).
    """

    def __init__(  # noqa: PLR0913 -- each is a setting of a recipe
        self,
        units: int,
        output_units: int,
        *,
        decay: float = 0.0,
        state_update: str = "sum",
        feedback: str = "own",
        teacher_share: float = 0.5,
        teacher_features: bool | None = None,
        activation: Any = "tanh",
        output_activation: Any = "linear",
        initial_state_value: float = 0.0,
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
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        cell = JordanCell(
            units,
            output_units,
            decay=decay,
            state_update=state_update,
            feedback=feedback,
            teacher_features=teacher_features,
            activation=activation,
            output_activation=output_activation,
            initial_state_value=initial_state_value,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            output_initializer=output_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            use_bias=use_bias,
            name="jordan_cell",
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
        if not 0 <= teacher_share <= 1:
            raise ValueError(f"`teacher_share` should be between 0 and 1. Received: teacher_share={teacher_share}")
        self.teacher_share = teacher_share
        self.seed = seed
        # Only a layer that may have to draw: a generator's state is saved with the model.
        self.seed_generator = keras.random.SeedGenerator(seed) if self.teacher_features else None

    @property
    def feedback(self) -> str:
        """What the state remembers: `own`, `teacher` or `scheduled`.

        It may be set at any time to what the inputs allow: "own" makes a network that was taught run freely, on the
        same inputs, whose targets it then ignores. A function that was traced before keeps what it had.
        """
        return str(self.cell.feedback)

    @feedback.setter
    def feedback(self, feedback: str) -> None:
        self.cell.feedback = feedback

    @property
    def teacher_features(self) -> bool:
        """Whether the last `output_units` features of the input are targets."""
        return bool(self.cell.teacher_features)

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Keras's
        """Return the outputs, and the states if they are wanted."""
        if self.feedback == "scheduled":
            truth = self._draw(ops.shape(sequences)[:2], training=training)
            sequences = ops.concatenate([sequences, ops.cast(truth, sequences.dtype)], axis=-1)
        return super().call(sequences, initial_state=initial_state, mask=mask, training=training)

    def _draw(self, shape: Any, *, training: bool) -> Any:
        """Return for each step whether the truth is fed back, `(batch, steps, 1)`; always so outside training."""
        if not training:
            return ops.ones((*shape, 1))
        # Outside the scan: a generator inside its loop fails on the JAX backend.
        return keras.random.uniform((*shape, 1), seed=self.seed_generator) < self.teacher_share

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "teacher_share": self.teacher_share, "seed": self.seed}
