"""Gate biases made for memories of a known length."""

from __future__ import annotations

from typing import Any, Final

import keras
from keras import ops

from archcli.layers.recurrent import one_of

GATES: Final = ("lstm", "gru")


@keras.saving.register_keras_serializable(package="archcli")
class Chrono(keras.initializers.Initializer):  # type: ignore[misc] # Keras publishes no types
    """Biases with which the units of an LSTM or a GRU remember for anything from 2 to `max_steps` steps.

    A gate that keeps a share `f` of the memory at each step forgets in about `1 / (1 - f)` steps. So, with `U` drawn
    uniformly between 1 and `max_steps - 1`, for each unit::

        LSTM (Keras's order i, f, c, o)     b_f = ln U      b_i = -b_f      b_c = b_o = 0
        GRU  (Keras's order z, r, h)        b_z = ln U      b_r = b_h = 0

    Keras's `z` is the share of the old state that is kept, not of the new that is taken in, hence its sign. A GRU
    with `reset_after`, Keras's default, has two rows of biases that add up: the second is zeros.

    Give it as `bias_initializer`; to an LSTM together with `unit_forget_bias=False`, which otherwise writes over the
    forget gate's and asks for the biases in pieces.

    Args:
        max_steps: The longest memory that the task needs, in steps, from 2; the length of the sequences if unknown.
        gates: Whose gates: "lstm" or "gru". The shape does not say: 12 biases may be of 3 units or of 4.
        seed: Of the draw; None: another one for each initializer. The same initializer draws the same twice.

    Raises:
        ValueError: `max_steps` is less than 2, `gates` is unknown, or the shape is not that of such gates.

    Source:
        C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?" (2018).
    """

    def __init__(self, max_steps: float, *, gates: str = "lstm", seed: int | None = None) -> None:
        if max_steps < 2:
            raise ValueError(f"`max_steps` should be at least 2. Received: max_steps={max_steps}")
        self.max_steps = max_steps
        self.gates = one_of("gates", gates, GATES)
        self.seed = seed
        self._drawn_by = keras.initializers.RandomUniform(1.0, max_steps - 1.0, seed=seed)

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """Return the biases, `(4 * units,)` of an LSTM, `(3 * units,)` or `(2, 3 * units)` of a GRU."""
        parts = 4 if self.gates == "lstm" else 3
        ranks = (1,) if self.gates == "lstm" else (1, 2)
        if len(shape) not in ranks or shape[-1] % parts or (len(shape) == 2 and shape[0] != 2):
            wanted = "(4 * units,)" if self.gates == "lstm" else "(3 * units,) or (2, 3 * units)"
            hint = "; an LSTM needs `unit_forget_bias=False`" if self.gates == "lstm" else ""
            raise ValueError(
                f"`Chrono` with gates={self.gates!r} makes biases of shape {wanted}{hint}. Received: shape={shape}"
            )
        kept = ops.log(self._drawn_by((shape[-1] // parts,), dtype=dtype))
        zeros = ops.zeros_like(kept)
        biases = ops.concatenate([-kept, kept, zeros, zeros] if self.gates == "lstm" else [kept, zeros, zeros])
        return biases if len(shape) == 1 else ops.stack([biases, ops.zeros_like(biases)])

    def get_config(self) -> dict[str, Any]:
        """Return what the initializer is made again from."""
        return {"max_steps": self.max_steps, "gates": self.gates, "seed": self.seed}
