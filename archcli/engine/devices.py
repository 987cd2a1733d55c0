"""The machine as the engine sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import tensorflow as tf

from archcli.engine.processor import count_cores, name_processor


@dataclass(frozen=True)
class Devices:
    """What computes.

    Attributes:
        kind: `gpu` if TensorFlow sees any, else `cpu`.
        names: The GPUs by their makers' names, or the processor by its own.
        core_count: CPU cores that this process may use.
    """

    kind: Literal["cpu", "gpu"]
    names: tuple[str, ...]
    core_count: int


def describe_devices() -> Devices:
    """Return the devices that TensorFlow sees, and the cores that this process may use."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return Devices("cpu", (name_processor(),), count_cores())
    names = tuple(str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)) for gpu in gpus)
    return Devices("gpu", names, count_cores())


def grow_gpu_memory() -> None:
    """Let GPU memory grow as it is needed rather than be taken whole; before the first tensor is made."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, enable=True)
