"""Keras layers that archcli adds; a library of its own that needs nothing but Keras.

A saved model loads in any program that has imported this package.
"""

from archcli.layers.date_parts import DateParts
from archcli.layers.edge_filter import EdgeFilter
from archcli.layers.elman import Elman
from archcli.layers.equilibrium import Equilibrium
from archcli.layers.fill_missing import FillMissing
from archcli.layers.fill_steps import FillSteps
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.gate_bias import Chrono
from archcli.layers.hopfield import Hopfield
from archcli.layers.jordan import Jordan
from archcli.layers.labels import Labels
from archcli.layers.modern_hopfield import ModernHopfield
from archcli.layers.pad import Pad
from archcli.layers.reverse import Reverse
from archcli.layers.scale_steps import ScaleSteps
from archcli.layers.spectrogram import Spectrogram
from archcli.layers.step import Step
from archcli.layers.trainable_average_pooling import (
    TrainableAveragePooling1D,
    TrainableAveragePooling2D,
    TrainableAveragePooling3D,
)

__all__ = [
    "Chrono",
    "DateParts",
    "EdgeFilter",
    "Elman",
    "Equilibrium",
    "FillMissing",
    "FillSteps",
    "FullyRecurrent",
    "Hopfield",
    "Jordan",
    "Labels",
    "ModernHopfield",
    "Pad",
    "Reverse",
    "ScaleSteps",
    "Spectrogram",
    "Step",
    "TrainableAveragePooling1D",
    "TrainableAveragePooling2D",
    "TrainableAveragePooling3D",
]
