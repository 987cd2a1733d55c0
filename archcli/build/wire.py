"""A tensor on its way through a model that is being built, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archcli.recipe.recipe import Named

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Wire:
    """A tensor on its way.

    Attributes:
        tensor: Keras's, without values: `(batch, ...)`.
        name: What the recipe calls it, in the model or block where it is.
        line: Of the node that gives it; None for an input.
        trail: The layers that lead to it, the last one being that which gives it.
    """

    tensor: Any
    name: str
    line: int | None
    trail: tuple[Named, ...]

    @property
    def shape(self) -> Shape:
        """Its shape with the batch."""
        return tuple(self.tensor.shape)

    def __str__(self) -> str:
        """Return shape and origin: `(batch, 8, 8, 16) of `change` (line 12)`."""
        return f"{shape_text(self.shape)} of `{self.name}`" + ("" if self.line is None else f" (line {self.line})")


def shape_text(shape: Shape) -> str:
    """Write a shape with the batch: `(batch, 8, 8, 1)`."""
    return f"({', '.join(['batch', *('any' if size is None else str(size) for size in shape[1:])])})"


def fits(given: Shape, wanted: Shape) -> bool:
    """Say whether two shapes are the same, as far as they are known."""
    return len(given) == len(wanted) and all(
        a is None or b is None or a == b for a, b in zip(given, wanted, strict=True)
    )
