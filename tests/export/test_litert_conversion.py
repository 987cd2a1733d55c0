"""Conversion to smaller numbers, in a process that may end."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.errors import Problem, RecipeError
from archcli.export.litert_conversion import convert

HINT = "`--format saved_model` and `--format keras` carry every one; without `--quantize int8` `litert` may, too"


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (subprocess.CompletedProcess([], -11, "", ""), "what converts it to int8 was ended by SIGSEGV"),
        (subprocess.CompletedProcess([], 1, "", "INFO: begun\nno kernel for EIG.\n"), "no kernel for EIG"),
        (subprocess.CompletedProcess([], 1, "", ""), "it does not say why"),
    ],
    ids=["ended by a signal", "with a reason", "in silence"],
)
def test_a_process_that_fails_is_a_sentence(
    done: subprocess.CompletedProcess[str], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What converts may end by a signal or say why; either way there is no file."""

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return done

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(RecipeError) as raised:
        convert(tmp_path, quantize="int8", examples={"x": np.zeros((2, 3), np.float32)})

    message = f"`litert` cannot carry this model: {reason}"
    assert raised.value.problems == (Problem("cannot-export", message, hint=HINT),)
    assert not (tmp_path / "model.tflite").exists()
