"""What TensorFlow and Keras raise, in the terms of the user."""

from __future__ import annotations

import pytest
import tensorflow as tf

from archcli.engine.faults import describe_building, describe_running, shorten
from archcli.errors import RecipeError, TrainingError


def test_memory_that_ran_out_is_said_so() -> None:
    """The hint is what helps."""
    with pytest.raises(TrainingError) as caught, describe_running():
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[4096,4096]")

    problem = caught.value.problems[0]
    assert problem.code == "out-of-memory"
    assert problem.message == "memory ran out: OOM when allocating tensor with shape[4096,4096]"
    assert problem.hint == "use a smaller `train.batch_size` or a smaller model"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError("Unable to allocate 8.00 PiB for an array"), "Unable to allocate 8.00 PiB for an array"),
        (MemoryError(), "there is none left"),
        (tf.errors.InternalError(None, None, "CUDA_ERROR_OUT_OF_MEMORY: out of memory"), None),
        (tf.errors.InternalError(None, None, "Failed to allocate 4096 bytes for new constant"), None),
        (tf.errors.UnknownError(None, None, "CUDNN_STATUS_ALLOC_FAILED"), None),
    ],
)
def test_memory_that_ran_out_below_tensorflow_is_said_so_too(error: Exception, said: str | None) -> None:
    """NumPy and the libraries of GPUs have errors of their own for it."""
    with pytest.raises(TrainingError) as caught, describe_running():
        raise error

    problem = caught.value.problems[0]
    assert problem.code == "out-of-memory"
    assert problem.message == f"memory ran out: {said or error.message}"  # type: ignore[attr-defined] # TensorFlow's


def test_other_errors_below_tensorflow_are_no_shortage() -> None:
    """An internal error is what it says."""
    with pytest.raises(TrainingError) as caught, describe_running():
        raise tf.errors.InternalError(None, None, "Blas GEMM launch failed")

    problem = caught.value.problems[0]
    assert problem.code == "step-failed"
    assert problem.message == "TensorFlow could not run a step: Blas GEMM launch failed"
    assert problem.hint == "run it with `train.compile=eager` to see which layer it is"


def test_a_sentence_of_keras_is_passed_on() -> None:
    """Building a step fails with a plain exception."""
    with pytest.raises(RecipeError) as caught, describe_building():
        raise ValueError("Shapes (None, 3) and (None, 5)\nare incompatible.")

    assert caught.value.problems[0].message == (
        "model, loss, metrics and data do not go together: Shapes (None, 3) and (None, 5) are incompatible"
    )


def test_other_exceptions_are_bugs_and_pass_through() -> None:
    """They keep their traceback."""
    with pytest.raises(ZeroDivisionError), describe_building(), describe_running():
        raise ZeroDivisionError


def test_a_long_message_keeps_what_was_wrong() -> None:
    """Where in Python an operation was made and what TensorFlow calls it are left out."""
    text = (
        "Graph execution error:\n\nDetected at node while/embedding/GatherV2 defined at (most recent call last):\n"
        '  File "train.py", line 9, in <module>\n\nindices[1,1] = 9 is not in [0, 4)\n'
        "\t [[{{node while/embedding/GatherV2}}]] [Op:__inference_run_351]"
    )

    assert shorten(text) == "indices[1,1] = 9 is not in [0, 4)"


def test_colours_and_functions_are_left_out() -> None:
    """An eager operation names the layer and its arguments beside what was wrong."""
    text = (
        "Exception encountered when calling Embedding.call().\n\n\x1b[1m{{function_node __wrapped__GatherV2 "
        "CPU:0}} indices[0] = 9 is not in [0, 4) [Op:GatherV2]\x1b[0m\n\nArguments received by Embedding.call():\n"
        "  • inputs=tf.Tensor(shape=(2, 2), dtype=int64)"
    )

    assert shorten(text) == "Exception encountered when calling Embedding.call(). indices[0] = 9 is not in [0, 4)"


def test_what_is_very_long_is_cut_at_a_word() -> None:
    """Three hundred characters are enough."""
    shortened = shorten("word " * 100)

    assert len(shortened) <= 304
    assert shortened.endswith("word ...")
