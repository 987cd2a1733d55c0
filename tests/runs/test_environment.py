"""What a run was made with, and nothing that could be a secret."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
from typing import TYPE_CHECKING

from archcli.runs.environment import describe_environment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_versions_machine_and_device_are_noted(tmp_path: Path) -> None:
    """All that a stranger needs to make the same again, as JSON."""
    described = describe_environment("CPU, 2 cores", folder=tmp_path)

    assert json.loads(json.dumps(described)) == described
    assert described["device"] == "CPU, 2 cores"
    assert described["python"] == platform.python_version()
    assert described["cpu_count"] == len(os.sched_getaffinity(0))
    assert isinstance(described["versions"], dict)
    assert described["versions"]["keras"] == importlib.metadata.version("keras")
    assert described["git_commit"] is None


def test_how_many_replicas_and_workers_train_is_recorded(tmp_path: Path) -> None:
    """One process on one device where nothing else is said."""
    several = {"mode": "multi_worker", "replicas": 8, "workers": 2, "found_in": "Slurm"}

    assert describe_environment("CPU", folder=tmp_path)["distribution"] == {"mode": "none", "replicas": 1, "workers": 1}
    assert describe_environment("CPU", folder=tmp_path, distribution=several)["distribution"] == several


def test_only_the_variables_of_tensorflow_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform's variables begin with `TF_` as well, and hold passwords."""
    for name in ("TF_VAR_password", "TF_TOKEN_example_com", "TF_ENCRYPTION", "AWS_SECRET_ACCESS_KEY", "HOME"):
        monkeypatch.setenv(name, "secret")
    for name in ("TF_CPP_MIN_LOG_LEVEL", "XLA_FLAGS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "value")

    described = describe_environment("CPU", folder=tmp_path)

    assert "secret" not in json.dumps(described)
    variables = described["variables"]
    assert isinstance(variables, dict)
    assert {"TF_CPP_MIN_LOG_LEVEL", "XLA_FLAGS", "CUDA_VISIBLE_DEVICES"} <= set(variables)


def test_the_commit_of_the_working_directory_is_noted(tmp_path: Path) -> None:
    """Where the recipe is under version control, the run says at which commit."""
    git = [shutil.which("git") or "git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "a"], check=True)

    described = describe_environment("CPU", folder=tmp_path)

    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert described["git_commit"] == head.stdout.strip()
