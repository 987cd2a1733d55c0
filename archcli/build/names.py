"""Names as Keras gives them, but counted from the start of each model, so that one recipe always gives the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import keras


def snake_case(name: str) -> str:
    """Turn a class's name into a small one as Keras does: `Conv2D` is `conv2d`, `MeanIoU` is `mean_io_u`."""
    parted = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", parted).lower()


def numbered(name: str) -> Iterator[str]:
    """Yield `name`, `name_1`, `name_2`, ..."""
    yield name
    number = 1
    while True:
        yield f"{name}_{number}"
        number += 1


class Names:
    """The names of the layers of one model, each once."""

    def __init__(self, taken: Iterable[str] = (), *, given: Iterable[str] = ()) -> None:
        """Begin.

        Args:
            taken: Names that no layer may have, such as those of the inputs.
            given: Names that the recipe gives to layers: each is kept for the first that asks for it by `give`.
        """
        self._given = set(given)
        self._taken = {*taken, *self._given}

    def count(self, name: str) -> str:
        """Return `name`, counted on where it is taken, and take it."""
        free = next(text for text in numbered(name) if text not in self._taken)
        self._taken.add(free)
        return free

    def give(self, name: str) -> str:
        """Return a name that the recipe gives; counted on where a layer has it already, as in a repeated one."""
        if name not in self._given:
            return self.count(name)
        self._given.discard(name)
        return name


def name_operations(outputs: Any) -> None:
    """Name the operations that Keras puts between layers, for masks, after the layers of their kind.

    Keras counts them for the whole program, so that one may get the name that a layer of this model has.

    Args:
        outputs: Tensors of a model that is about to be made, in any nesting; its layers have their names.
    """
    operations = list({id(operation): operation for operation in _operations(outputs)}.values())
    names = Names(operation.name for operation in operations if isinstance(operation, keras.Layer))
    for operation in operations:
        if not isinstance(operation, keras.Layer):
            operation.name = names.count(snake_case(type(operation).__name__))


def _operations(outputs: Any) -> Iterator[Any]:
    """Yield what tensors are computed by, from the outputs back; an operation for each of its calls."""
    waiting, seen = keras.tree.flatten(outputs), set[tuple[int, int]]()
    while waiting:
        operation, node_index, _ = waiting.pop()._keras_history  # noqa: SLF001 -- no public walk reaches masks
        if (id(operation), node_index) not in seen:
            seen.add((id(operation), node_index))
            yield operation
            waiting += operation._inbound_nodes[node_index].input_tensors  # noqa: SLF001
