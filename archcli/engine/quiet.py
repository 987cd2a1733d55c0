"""TensorFlow and Keras started quietly, and without what they import only for those who use it.

Importing this module imports neither; `start_tensorflow` does.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping

FIXED_VARIABLES = MappingProxyType({"KERAS_BACKEND": "tensorflow"})  # whatever ~/.keras/keras.json says
# oneDNN's kernels, which TensorFlow takes by itself only on processors with AVX512-VNNI or AMX: on others, too, wide
# convolutions are 1.7 times as fast with them and wide recurrent layers 2.5 times; small networks lose up to a quarter.
# Memory comes from the system, as without them, and not from a pool that keeps it: what a step takes can be measured.
# The log is for those who ask for it: what fails raises, too, while whoever computes a mask is told each time, as an
# error, that oneDNN takes no truths on this processor.
DEFAULT_VARIABLES = MappingProxyType(
    {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1", "TF_ONEDNN_USE_SYSTEM_ALLOCATOR": "1"}
)
WRAPPED = ("cv2", "matplotlib", "pandas", "scipy", "sklearn")
"""What TensorFlow and Keras import where it is installed, for wrappers and galleries of theirs that nothing here uses.
It takes two seconds."""
NATIVE_LOG_LINE = re.compile(
    rb"WARNING: All log messages before absl|[IWE]\d{4} \d\d:\d\d:|INFO: Created TensorFlow Lite"
)


def set_variables(environment: MutableMapping[str, str]) -> None:
    """Set what TensorFlow and Keras read while they are imported.

    Args:
        environment: `os.environ`; changed. The log level, where only what ends the process is shown by default, and the
            choice of kernels stay as the user has set them.
    """
    environment.update(FIXED_VARIABLES)
    for name, value in DEFAULT_VARIABLES.items():
        environment.setdefault(name, value)


def start_tensorflow() -> None:
    """Import TensorFlow and Keras and find the devices, quietly; GPU memory then grows as it is needed.

    To be called before anything that imports TensorFlow or Keras, and before a tensor is made.
    """
    set_variables(os.environ)
    with native_log_dropped(), left_out(WRAPPED):
        import keras  # noqa: F401, PLC0415 -- here, so that it is imported without them

        from archcli.engine.devices import grow_gpu_memory  # noqa: PLC0415 -- it imports TensorFlow

        grow_gpu_memory()
    # Keras says of models inside models that they lose masks; they hand them on, layer by layer.
    warnings.filterwarnings(
        "ignore", message=r"Layer '.*' \(of type (Functional|Sequential)\) was passed an input with a mask"
    )


@contextmanager
def left_out(packages: Iterable[str]) -> Iterator[None]:
    """Let nothing import `packages` for a while, as if they were not installed; what is imported already stays."""
    barred = [package for package in packages if package not in sys.modules]
    # Python's own word for it: what is None there cannot be imported.
    sys.modules.update(dict.fromkeys(barred))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in barred:
            del sys.modules[package]


@contextmanager
def native_log_dropped() -> Iterator[None]:
    """Hold back what is written to the process's stderr, and give it out at the end without the native log lines.

    Those that come before TensorFlow has set up its log heed no environment variable.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if not NATIVE_LOG_LINE.match(line):
                    os.write(2, line)
