"""A border of any width round sequences, images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import keras
from keras import ops

MODES: Final = ("constant", "reflect", "symmetric")

Amount = int | Sequence[int]
Pairs = tuple[tuple[int, int], ...]


@keras.saving.register_keras_serializable(package="archcli")
class Pad(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Put a border round every example: what `tf.pad` does.

    Of `a b c`, two on either side are `v v a b c v v` (constant, `v` being `value`), `c b a b c b a` (reflect: the
    edge is not repeated) and `b a a b c c b` (symmetric: it is).

    Under a mask, the steps that a constant border adds to a sequence are masked, and those of a mirrored border are
    masked like the steps that they mirror.

    Input shape:
        `(batch, *sizes, channels)`, of any number of `sizes`.

    Output shape:
        The input's, each size with its two amounts added.

    Args:
        amounts: How much to add: one number for both sides of every axis but the channels; or for each axis after
            the batch a number for both sides, or two, before and after it. The axis of the channels may be left out.
        mode: `constant`, `reflect` or `symmetric`.
        value: What a constant border holds.

    Raises:
        ValueError: The mode is none of the three, an amount is negative or not a whole number, there are not as many
            as the input has axes, or an axis is too short: to mirror n, `reflect` needs n + 1 and `symmetric` n.
    """

    def __init__(
        self, amounts: Amount | Sequence[Amount], mode: str = "constant", value: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if mode not in MODES:
            raise ValueError(f"`mode` is one of {', '.join(MODES)}. Received: mode={mode}")
        self.amounts = _checked(amounts)
        self.mode = mode
        self.value = value
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check that the amounts fit the axes."""
        pairs = self._pairs(len(input_shape))
        needed = {"constant": -1, "reflect": 1, "symmetric": 0}[self.mode]
        for size, pair in zip(input_shape[1:], pairs, strict=True):
            if needed >= 0 and max(pair) > 0 and size is not None and size < max(pair) + needed:
                raise ValueError(
                    f"`{self.mode}` needs an axis of at least {max(pair) + needed} to mirror {max(pair)} of it. "
                    f"Received: an axis of {size}"
                )

    def call(self, inputs: Any) -> Any:
        """Return `inputs` with the border."""
        return pad_axes(inputs, self._pairs(len(inputs.shape)), mode=self.mode, value=self.value)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the mask of the longer sequence; None where there was none."""
        if previous_mask is None:
            return None
        pairs = self._pairs(len(inputs.shape))[: len(previous_mask.shape) - 1]
        return ops.cast(pad_axes(ops.cast(previous_mask, "int32"), pairs, mode=self.mode, value=0), "bool")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape` with the amounts added to its sizes."""
        pairs = self._pairs(len(input_shape))
        sizes = (None if size is None else size + sum(pair) for size, pair in zip(input_shape[1:], pairs, strict=True))
        return (input_shape[0], *sizes)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "amounts": self.amounts, "mode": self.mode, "value": self.value}

    def _pairs(self, rank: int) -> Pairs:
        """Return the amounts before and after each axis but the batch's of a tensor of `rank` axes."""
        if isinstance(self.amounts, int):
            return ((self.amounts, self.amounts),) * (rank - 2) + ((0, 0),)
        pairs = tuple((item, item) if isinstance(item, int) else (item[0], item[1]) for item in self.amounts)
        if len(pairs) not in (rank - 2, rank - 1):
            raise ValueError(
                f"`amounts` gives one entry for each of the {rank - 2} axes between batch and channels, and may give "
                f"one for the channels. Received: amounts={self.amounts}"
            )
        return pairs if len(pairs) == rank - 1 else (*pairs, (0, 0))


def pad_axes(inputs: Any, pairs: Sequence[tuple[int, int]], *, mode: str, value: float = 0.0) -> Any:
    """Put a border round every axis but the first.

    Args:
        inputs: A tensor, `(batch, *sizes)`.
        pairs: Amounts before and after each of `sizes`.
        mode: `constant`, `reflect` or `symmetric`.
        value: What a constant border holds.
    """
    if mode == "symmetric" and keras.backend.backend() == "torch":
        return mirror_axes(inputs, pairs)  # Keras 3.15 on PyTorch gives other values
    constant = {"constant_values": value} if mode == "constant" else {}
    return ops.pad(inputs, ((0, 0), *pairs), mode=mode, **constant)


def mirror_axes(inputs: Any, pairs: Sequence[tuple[int, int]]) -> Any:
    """Put a symmetric border round every axis but the first, of pieces that are turned round.

    Args:
        inputs: A tensor, `(batch, *sizes)`.
        pairs: Amounts before and after each of `sizes`, none above its size.
    """
    for axis, (before, after) in enumerate(pairs, start=1):
        front = (slice(None),) * axis
        parts = [inputs]
        if before:
            parts.insert(0, ops.flip(inputs[(*front, slice(0, before))], axis=axis))
        if after:
            parts.append(ops.flip(inputs[(*front, slice(-after, None))], axis=axis))
        inputs = ops.concatenate(parts, axis=axis) if len(parts) > 1 else inputs
    return inputs


def _checked(amounts: Any) -> int | list[int | list[int]]:
    """Return the amounts as plain lists and whole numbers."""
    if _is_amount(amounts):
        return int(amounts)
    if isinstance(amounts, Sequence) and all(_is_entry(entry) for entry in amounts) and amounts:
        return [int(entry) if _is_amount(entry) else [int(side) for side in entry] for entry in amounts]
    raise ValueError(
        "`amounts` is a whole number from 0, or for each axis one such number or two of them. "
        f"Received: amounts={amounts}"
    )


def _is_entry(entry: Any) -> bool:
    """Say whether `entry` is the amount of one axis: a number, or one for each side."""
    pair = isinstance(entry, Sequence) and len(entry) == 2 and all(_is_amount(side) for side in entry)
    return pair or _is_amount(entry)


def _is_amount(value: Any) -> bool:
    """Say whether `value` is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
