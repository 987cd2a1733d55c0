"""The classes that a recipe can name: a closed table, made from the catalogue's names."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Final

import keras

import archcli.layers
from archcli.recipe.catalogue import CATEGORIES, Category, catalogue

MODULES: Final[Mapping[Category, tuple[ModuleType, ...]]] = MappingProxyType(
    {
        "layer": (keras.layers, archcli.layers),
        "optimizer": (keras.optimizers,),
        "schedule": (keras.optimizers.schedules,),
        "loss": (keras.losses,),
        "metric": (keras.metrics,),
        "initializer": (keras.initializers, archcli.layers),
        "regularizer": (keras.regularizers,),
        "constraint": (keras.constraints,),
        "callback": (keras.callbacks,),
    }
)


def _classes(category: Category) -> Mapping[str, type]:
    """Return the classes of `category` by the name that the catalogue has them under."""
    known = catalogue().entries(category)
    things = [thing for module in MODULES[category] for thing in vars(module).values() if inspect.isclass(thing)]
    return MappingProxyType({thing.__name__: thing for thing in things if thing.__name__ in known})


CLASSES: Final[Mapping[Category, Mapping[str, type]]] = MappingProxyType(
    {category: _classes(category) for category in CATEGORIES}
)
