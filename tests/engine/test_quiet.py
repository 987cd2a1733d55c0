"""TensorFlow started without noise, and nothing of it where it is not wanted."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest

from archcli.engine.quiet import left_out, native_log_dropped, set_variables


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh interpreter."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_what_the_command_line_imports_brings_no_tensorflow() -> None:
    """`progress`, `quiet` and `processor` import neither TensorFlow nor Keras nor NumPy."""
    heavy = "{'tensorflow', 'keras', 'numpy'} & set(sys.modules)"

    answer = run_python(
        f"import sys, archcli.engine.progress, archcli.engine.quiet, archcli.engine.processor; print({heavy})"
    )

    assert answer.stdout == "set()\n"


@pytest.mark.slow
def test_tensorflow_starts_without_a_word() -> None:
    """Neither import nor the search for a GPU nor a first operation, of numbers or of a mask, writes a line."""
    start = "from archcli.engine.quiet import start_tensorflow; start_tensorflow()"
    mask = "keras.ops.transpose(keras.ops.ones((1, 2), 'bool'))"

    answer = run_python(
        f"{start}; import keras; {mask}; print(keras.backend.backend(), float(keras.ops.add(1.0, 2.0)))"
    )

    assert (answer.stdout, answer.stderr) == ("tensorflow 3.0\n", "")


@pytest.mark.slow
def test_tensorflow_starts_without_what_it_wraps() -> None:
    """It takes longer to import than Keras itself; afterwards whoever wants it imports it."""
    start = "import sys; from archcli.engine.quiet import WRAPPED, start_tensorflow; start_tensorflow()"

    answer = run_python(f"{start}; print(set(WRAPPED) & set(sys.modules)); import sklearn.base, matplotlib.figure")

    assert answer.stdout == "set()\n"


def test_what_is_left_out_can_be_imported_before_and_after() -> None:
    """Inside it is as if it were not installed, but for what is imported already."""
    package = "wsgiref"
    sys.modules.pop(package, None)

    with left_out(["sys", package]):
        assert importlib.import_module("sys") is sys
        with pytest.raises(ModuleNotFoundError, match=package):
            importlib.import_module(package)

    assert importlib.import_module(package).__name__ == package


def test_a_log_level_and_kernels_that_the_user_has_chosen_stay() -> None:
    """Keras's backend is not the user's to choose, the others are."""
    environment = {"KERAS_BACKEND": "jax", "TF_CPP_MIN_LOG_LEVEL": "0", "TF_ENABLE_ONEDNN_OPTS": "0"}

    set_variables(environment)

    assert environment == {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "0",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_ONEDNN_USE_SYSTEM_ALLOCATOR": "1",
    }


def test_fast_kernels_are_chosen_where_the_user_does_not_choose() -> None:
    """TensorFlow leaves them out on many processors."""
    environment: dict[str, str] = {}

    set_variables(environment)

    assert environment["TF_ENABLE_ONEDNN_OPTS"] == "1"


def test_only_the_native_log_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    """What anybody else writes meanwhile comes out."""
    with native_log_dropped():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n")
        os.write(2, b"I0000 00:00:1795445763.567968   19778 cudart_stub.cc:31] Could not find cuda drivers\n")
        os.write(2, b"something else\n")

    assert capfd.readouterr().err == "something else\n"


def test_what_was_written_comes_out_even_if_the_block_fails(capfd: pytest.CaptureFixture[str]) -> None:
    """An import that fails may have said why."""

    def fail_to_import() -> None:
        with native_log_dropped():
            os.write(2, b"a library is missing\n")
            raise ImportError

    with pytest.raises(ImportError):
        fail_to_import()

    assert capfd.readouterr().err == "a library is missing\n"
