"""Graphs as plain data, for architectures that are no chain."""

from __future__ import annotations

from itertools import chain, count
from typing import Any

from archcli.recipe.architectures.architecture import PlainLayer, Surroundings
from archcli.recipe.architectures.parts import mask_padding


class Nodes:
    """Nodes of a graph that is being written, with names that nothing else has.

    Attributes:
        written: The nodes, as plain data.
        first: What the first node reads: an input, or what masks its padding.
    """

    def __init__(self, surroundings: Surroundings, reads: str = "input") -> None:
        self.written: dict[str, Any] = {}
        self._taken = {"input", surroundings.target, *surroundings.inputs}
        self.first = reads
        for masking in mask_padding(surroundings):
            self.first = self.add("masked", [masking], reads)

    def name(self, wanted: str) -> str:
        """Return a free name like `wanted`, which is taken from now on."""
        numbered = (f"{wanted}_{number}" for number in count(2))
        found = next(name for name in chain([wanted], numbered) if name not in self._taken)
        self._taken.add(found)
        return found

    def add(self, wanted: str, layers: list[PlainLayer], reads: str | list[str]) -> str:
        """Write a node and return its name: one layer by itself, several as a chain."""
        name = self.name(wanted)
        self.written[name] = {**(layers[0] if len(layers) == 1 else {"layers": layers}), "from": reads}
        return name
