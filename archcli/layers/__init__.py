"""Keras layers that archcli adds; a library of its own that needs nothing but Keras.

A saved model loads in any program that has imported this package.
"""

from archcli.layers.edge_filter import EdgeFilter
from archcli.layers.equilibrium import Equilibrium
from archcli.layers.hopfield import Hopfield
from archcli.layers.labels import Labels
from archcli.layers.modern_hopfield import ModernHopfield
from archcli.layers.pad import Pad
from archcli.layers.step import Step
from archcli.layers.trainable_average_pooling import (
    TrainableAveragePooling1D,
    TrainableAveragePooling2D,
    TrainableAveragePooling3D,
)

__all__ = [
    "EdgeFilter",
    "Equilibrium",
    "Hopfield",
    "Labels",
    "ModernHopfield",
    "Pad",
    "Step",
    "TrainableAveragePooling1D",
    "TrainableAveragePooling2D",
    "TrainableAveragePooling3D",
]
