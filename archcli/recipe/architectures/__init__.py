"""The architectures: classic networks as settings, which stand for plain layers.

An architecture is one file and one line in the table below. Like everything in `archcli.recipe` it is plain data and
knows nothing of Keras: what it gives is the recipe language, which is then read like layers that someone wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Surroundings
from archcli.recipe.architectures.birnn import BIRNN
from archcli.recipe.architectures.cnn import CNN
from archcli.recipe.architectures.elman import ELMAN
from archcli.recipe.architectures.equilibrium import EQUILIBRIUM
from archcli.recipe.architectures.frnn import FRNN
from archcli.recipe.architectures.hopfield import HOPFIELD
from archcli.recipe.architectures.jordan import JORDAN
from archcli.recipe.architectures.mlp import MLP
from archcli.recipe.architectures.perceptron import PERCEPTRON
from archcli.recipe.architectures.recurrent import GRU, LSTM, RNN
from archcli.recipe.architectures.settings import fill_settings, to_plain
from archcli.recipe.types import Signature

__all__ = ["ARCHITECTURES", "Contradiction", "Expansion", "Surroundings", "check_settings", "expand"]

_ARCHITECTURES: Final[Mapping[str, Architecture]] = {
    architecture.signature.name: architecture
    for architecture in (PERCEPTRON, MLP, CNN, RNN, GRU, LSTM, BIRNN, FRNN, ELMAN, JORDAN, HOPFIELD, EQUILIBRIUM)
}

ARCHITECTURES: Final[Mapping[str, Signature]] = {
    name: architecture.signature for name, architecture in _ARCHITECTURES.items()
}
"""The settings of each architecture, by its name."""


def check_settings(name: str, settings: Mapping[str, object], surroundings: Surroundings) -> list[Contradiction]:
    """Find what is wrong with settings that are each right by themselves.

    Args:
        name: The architecture, one of `ARCHITECTURES`.
        settings: The settings as written, each checked against its type; what is left out gets its default.
        surroundings: The data that it is put between.
    """
    architecture = _ARCHITECTURES[name]
    return architecture.contradictions(fill_settings(architecture.signature, settings), surroundings)


def expand(name: str, settings: Mapping[str, object], surroundings: Surroundings) -> Expansion:
    """Return the layers that an architecture stands for.

    Args:
        name: The architecture, one of `ARCHITECTURES`.
        settings: The settings as written, in which `check_settings` found nothing wrong.
        surroundings: The data that it is put between.

    Returns:
        Plain data of which no part is anywhere else, so that it may be changed.
    """
    architecture = _ARCHITECTURES[name]
    found = architecture.expand(fill_settings(architecture.signature, settings), surroundings)
    return Expansion(to_plain(found.model), to_plain(found.train))
