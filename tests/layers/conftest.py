"""What must hold of every layer, checked in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

CheckLayer = Callable[[Any, Any], Any]


@pytest.fixture
def check_layer(tmp_path: Path) -> CheckLayer:
    """Return a check of a layer on inputs, which returns the layer's output.

    Shape and dtype are as announced; as a graph and under XLA it gives what it gives step by step; a copy made from
    its configuration with its weights, and a saved and loaded model, give the same to the bit; under mixed precision
    it gives half precision.
    """

    def check(layer: Any, inputs: Any) -> Any:
        inputs = np.asarray(inputs)
        output = keras.ops.convert_to_numpy(layer(inputs))
        symbolic = keras.Input(inputs.shape[1:], dtype=str(inputs.dtype))
        model = keras.Model(symbolic, layer(symbolic))
        assert model.output_shape == (None, *layer.compute_output_shape(inputs.shape)[1:]) == (None, *output.shape[1:])

        for compiled in (tf.function(layer), tf.function(layer, jit_compile=True)):
            np.testing.assert_allclose(compiled(tf.constant(inputs)).numpy(), output, rtol=1e-5, atol=1e-6)

        again = type(layer).from_config(layer.get_config())
        again.build(inputs.shape)
        again.set_weights(layer.get_weights())
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(inputs)), output)

        model.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(loaded(inputs)), output)

        half = type(layer).from_config({**layer.get_config(), "dtype": "mixed_bfloat16"})
        assert half(inputs).dtype == "bfloat16"
        return output

    return check
