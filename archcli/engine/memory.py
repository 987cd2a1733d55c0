"""How much memory there is, and how much of it something takes: of the device that computes.

On a GPU the driver tells what is free, and TensorFlow what its tensors took at most. On a CPU the kernel tells both:
what is free is the least of what the machine has left and of what a container's limit leaves; what was taken at most is
the high-water mark of this process. TensorFlow's allocator of a GPU refuses what does not fit; a Linux kernel mostly
grants it and ends the process later, so that on a CPU one has to ask before.
"""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import tensorflow as tf

from archcli.engine.devices import describe_devices

if TYPE_CHECKING:
    from collections.abc import Iterator

GPU: Final = "GPU:0"
UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")
NO_LIMIT: Final = 2**60
"""Control groups of the first version say a number near 2**63 where there is no limit."""

_BYTES_OF_MAXIMUM: Final = 1 if sys.platform == "darwin" else 1024  # of `ru_maxrss`
_RESET_HIGH_WATER_MARK: Final = "5"  # proc(5), clear_refs


@dataclass
class Peak:
    """What a block of code took at most.

    Attributes:
        bytes: Memory beyond what was in use when the block began; 0 until it ends.
    """

    bytes: int = 0


@contextmanager
def measured_peak() -> Iterator[Peak]:
    """Measure how much memory a block takes at most, beyond what is in use when it begins.

    On a GPU it is what tensors took, to the byte; on a CPU what the process had resident, to a few MiB.

    Yields:
        The peak, known once the block has ended, by an exception or not.
    """
    peak = Peak()
    gc.collect(1)  # of what is young: all takes most of a second with TensorFlow
    if describe_devices().kind == "gpu":
        tf.config.experimental.reset_memory_stats(GPU)
        before = tf.config.experimental.get_memory_info(GPU)["current"]
        try:
            yield peak
        finally:
            peak.bytes = max(0, tf.config.experimental.get_memory_info(GPU)["peak"] - before)
        return
    give_back_unused()
    _forget_high_water_mark()
    before = used_memory()
    try:
        yield peak
    finally:
        peak.bytes = max(0, highest_memory() - before)


def free_memory(*, root: Path = Path("/")) -> int | None:
    """Return how many bytes more this process can take on the device that computes; None: nobody says.

    Args:
        root: Where `proc` and `sys` are mounted.
    """
    return free_gpu_memory() if describe_devices().kind == "gpu" else free_host_memory(root=root)


def free_host_memory(*, root: Path = Path("/")) -> int | None:
    """Return how many bytes more this process can take of the machine's memory, its container's limit observed.

    Args:
        root: Where `proc` and `sys` are mounted.

    Returns:
        The bytes; None: the system does not say, as others than Linux do not.
    """
    available = _read_field(root / "proc/meminfo", "MemAvailable:")
    rooms = [room for group in _find_groups(root) if (room := _find_room(group)) is not None]
    known = [*rooms, *([] if available is None else [available])]
    return max(0, min(known)) if known else None


def free_gpu_memory() -> int | None:
    """Return how many bytes of the first GPU no program has taken; None: the driver does not say."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    device, context = ctypes.c_int(), ctypes.c_void_p()
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(device), 0):
        return None
    if driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device):  # the one that TensorFlow computes in
        return None
    driver.cuCtxPushCurrent_v2(context)
    failed = driver.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total))
    driver.cuCtxPopCurrent_v2(ctypes.byref(ctypes.c_void_p()))
    driver.cuDevicePrimaryCtxRelease_v2(device)
    return None if failed else free.value


def used_memory() -> int:
    """Return how many bytes of the machine's memory this process has now, or had at most where only that is told."""
    resident = _read_field(Path("/proc/self/status"), "VmRSS:")
    return _maximum_resident() if resident is None else resident


def highest_memory() -> int:
    """Return how many bytes this process had at most, since it began or since `measured_peak` last asked."""
    highest = _read_field(Path("/proc/self/status"), "VmHWM:")
    return _maximum_resident() if highest is None else highest


def write_bytes(count: float) -> str:
    """Write bytes for people: `3.2 GiB`."""
    power = 0
    while count >= 1024 and power < len(UNITS) - 1:
        count, power = count / 1024, power + 1
    return f"{count:.3g} {UNITS[power]}" if count < 1000 else f"{count:.0f} {UNITS[power]}"


def _maximum_resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_OF_MAXIMUM


def _forget_high_water_mark() -> None:
    """Let the high-water mark begin anew; where that is not allowed, peaks come out too large rather than too small."""
    try:
        Path("/proc/self/clear_refs").write_text(_RESET_HIGH_WATER_MARK, encoding="ascii")
    except OSError:
        return


def give_back_unused() -> None:
    """Have the C library give memory back that is free but kept for later, so that it is not taken for unused twice."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)


def _find_groups(root: Path) -> Iterator[Path]:
    """Yield the folders of the control groups that bound this process's memory, and of those around them.

    Inside a container the path in `proc` may be one of the host's; the limit is then in the outermost folder.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number != "0" and "memory" not in controllers.split(","):
            continue
        top = root / ("sys/fs/cgroup" if number == "0" else "sys/fs/cgroup/memory")
        folder = top / path.strip("/")
        yield folder
        if folder != top:
            yield from (parent for parent in folder.parents if parent == top or top in parent.parents)


def _find_room(group: Path) -> int | None:
    """Return how far a control group is from its limit; None: it has none. What is cached of files can be dropped."""
    for limit_name, used_name, cached_name in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, used = _read_number(group / limit_name), _read_number(group / used_name)
        if limit is not None and used is not None and limit < NO_LIMIT:
            return limit - used + (_read_field(group / "memory.stat", cached_name) or 0)
    return None


def _read_number(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # `max`: no limit


def _read_field(path: Path, name: str) -> int | None:
    """Return the number that stands behind a name at the beginning of a line, in bytes."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line.split() for line in lines if line.split()[:1] == [name]), None)
    return None if found is None else int(found[1]) * (1024 if found[2:] == ["kB"] else 1)
