"""What a run was made with: `environment.json`. Nothing that names the user or could be a secret."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_PACKAGES = ("archcli", "keras", "tensorflow", "numpy")
# TensorFlow's own, listed: Terraform's variables begin with `TF_` too, and some of those are passwords.
_VARIABLE_PREFIXES = (
    "TF_CPP_",
    "TF_CUDNN_",
    "TF_DETERMINISTIC_",
    "TF_DISABLE_",
    "TF_ENABLE_",
    "TF_FORCE_",
    "TF_GPU_",
    "TF_MLIR_",
    "TF_NUM_",
    "TF_ONEDNN_",
    "TF_USE_",
    "TF_XLA_",
    "XLA_",
)
_VARIABLES = ("CUDA_VISIBLE_DEVICES", "TF_CONFIG")
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_GIT_PATIENCE_SECONDS = 2.0


def describe_environment(
    device: str, *, folder: Path, distribution: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Return what `environment.json` holds.

    Args:
        device: What training runs on, in words.
        folder: The working directory, whose git commit is noted if it has one.
        distribution: How many replicas and workers train; None: one.
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": device,
        "distribution": {"mode": "none", "replicas": 1, "workers": 1} if distribution is None else dict(distribution),
        "cpu": _cpu_model(),
        "cpu_count": _cpu_count(),
        "memory_bytes": _memory_bytes(),
        "container": _in_container(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "git_commit": _git_commit(folder),
        "variables": _variables(),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(models), platform.processor() or platform.machine())


def _cpu_count() -> int:
    """Return the cores that this process may use, which in a container are fewer than the machine has."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    """Return the memory that this process may use: the machine's, or the container's where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _in_container() -> bool:
    return "container" in os.environ or any(Path(mark).exists() for mark in _CONTAINER_MARKS)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git_commit(folder: Path) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "rev-parse", "--verify", "HEAD"]
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed command, without a shell
            command, cwd=folder, capture_output=True, text=True, timeout=_GIT_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _variables() -> dict[str, str]:
    names = sorted(name for name in os.environ if name.startswith(_VARIABLE_PREFIXES) or name in _VARIABLES)
    return {name: os.environ[name] for name in names}
