"""The machine and the seeds."""

from __future__ import annotations

import os
import subprocess
import sys

import keras
import numpy as np

from archcli.engine.devices import describe_devices
from archcli.engine.processor import count_cores
from archcli.engine.seeding import seed_everything


def test_cores_are_those_that_the_process_may_use() -> None:
    """A process that is bound to one core counts one."""
    bound = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
    count = "from archcli.engine.processor import count_cores; print(count_cores())"

    answer = subprocess.run([sys.executable, "-c", f"{bound}; {count}"], capture_output=True, text=True, check=True)

    assert answer.stdout == "1\n"
    assert count_cores() == len(os.sched_getaffinity(0))


def test_devices_are_named() -> None:
    """A machine has a kind, at least one name and at least one core."""
    devices = describe_devices()

    assert devices.kind in {"cpu", "gpu"}
    assert all(devices.names)
    assert devices.core_count >= 1


def test_a_seed_decides_the_weights() -> None:
    """The same seed draws the same weights, another one others."""

    def draw(seed: int) -> list[float]:
        seed_everything(seed, deterministic=False)
        layer = keras.layers.Dense(2)
        layer.build((None, 2))
        return [float(value) for value in np.ravel(layer.kernel.numpy())]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
