"""Whether this machine can train: versions, devices, folders, extras."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import archcli
from archcli.engine.devices import describe_devices
from archcli.engine.processor import name_processor

_LEAST_FREE_GIB = 1.0
_EXTRAS = {
    "onnx": "onnx",
    "openvino": "openvino",
    "litert": "ai_edge_litert",
    "mlflow": "mlflow",
    "cv": "cv2",
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: What.
        value: What was found.
        trouble: What to do about it; None where it is fine.
    """

    name: str
    value: str
    trouble: str | None = None


def examine(runs: Path) -> tuple[Finding, ...]:
    """Look at everything that training needs; nothing is changed.

    Args:
        runs: The folder of all runs, which must be writable.
    """
    return tuple(_examine(runs))


def _examine(runs: Path) -> Iterator[Finding]:
    yield Finding("archcli", archcli.__version__)
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    for package in ("tensorflow", "keras", "numpy"):
        yield Finding(package, version(package))
    devices = describe_devices()
    yield Finding("CPU", f"{name_processor()}, {devices.core_count} cores")
    yield _gpus(devices.names if devices.kind == "gpu" else ())
    yield _runs_folder(runs)
    installed = [extra for extra, module in _EXTRAS.items() if find_spec(module) is not None]
    yield Finding("extras", ", ".join(installed) or "none")


def _gpus(names: tuple[str, ...]) -> Finding:
    if names:
        return Finding("GPUs", ", ".join(names))
    if not Path("/dev/nvidiactl").exists():
        return Finding("GPUs", "none")
    try:
        version("nvidia-cudnn-cu12")
    except PackageNotFoundError:
        return Finding("GPUs", "one is there, TensorFlow does not use it", "pip install 'archcli[gpu]'")
    return Finding("GPUs", "one is there, TensorFlow does not use it", "is the driver new enough? see `nvidia-smi`")


def _runs_folder(runs: Path) -> Finding:
    folder = next(parent for parent in (runs.absolute(), *runs.absolute().parents) if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding("runs folder", str(runs), f"`{folder}` cannot be written; name another with `--runs FOLDER`")
    free = shutil.disk_usage(folder).free / 2**30
    value = f"{runs.absolute()} ({free:.1f} GiB free)"
    return Finding("runs folder", value, "make room" if free < _LEAST_FREE_GIB else None)
