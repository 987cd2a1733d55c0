"""The names of the classes live in the model and survive being saved."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from archcli.layers import Labels


def test_scores_pass_through_unchanged() -> None:
    """The layer hands on what it gets, and a mask with it."""
    scores = np.array([[0.25, 0.75]], "float32")

    layer = Labels(("no", "yes"))

    assert np.array_equal(layer(scores), scores)
    assert layer.compute_output_shape((None, 2)) == (None, 2)
    assert layer.supports_masking


def test_names_are_in_the_configuration() -> None:
    """A layer made from another's configuration has the same names, in the same order."""
    layer = Labels(["zebra", "ant", "3"], name="labels")

    again = Labels.from_config(layer.get_config())

    assert again.names == ("zebra", "ant", "3")
    assert again.name == "labels"


def test_names_survive_saving(tmp_path: Path) -> None:
    """A saved model has the names when it is loaded."""
    inputs = keras.Input((2,))
    model = keras.Model(inputs, Labels(("no", "yes"), name="labels")(inputs))

    model.save(tmp_path / "model.keras")

    assert keras.models.load_model(tmp_path / "model.keras").get_layer("labels").names == ("no", "yes")
