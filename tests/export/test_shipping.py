"""Every family of networks in every format of another runtime, untrained: what counts is that the answers are equal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from archcli.commands.preparing import prepare
from archcli.errors import Problem, RecipeError
from archcli.export.formats import FORMATS
from archcli.export.sample import Sample, spread_over
from archcli.export.shipment import Trained
from archcli.export.shipping import Shipped, ship
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe

FAMILIES = (
    "perceptron-iris",
    "cnn-scharr",
    "elman-1990",
    "jordan-abac",
    "frnn-pipelined-xor",
    "reber-gru",
    "birnn-decision",
    "hopfield-recall",
    "equilibrium-digits",
    "transformer-encoder",
    "moving-bars",
)


def made(recipe: str, folder: Path) -> tuple[Trained, Sample]:
    """Build the model of a shipped recipe as it is saved, untrained, and take some of its examples."""
    prepared = prepare(load_recipe(find_recipe(recipe)))
    model, data = prepared.compose(), prepared.dataset
    model.save(folder / "model.keras")
    targets = {
        name: None if of is None else data.facts.targets[of] for name, of in prepared.recipe.model.outputs.items()
    }
    objectives = prepared.recipe.objectives
    trained = Trained(recipe, model, data.facts.inputs, targets, objectives, folder / "model.keras")
    raw = {leaf.name: data.training.inputs[leaf.name] for leaf in trained.leaves}
    return trained, Sample(spread_over(raw, most=40), "training")


def shipped(trained: Trained, form: str, folder: Path, sample: Sample) -> Shipped:
    """Export into a new folder."""
    folder = folder / form
    folder.mkdir()
    return ship(trained, FORMATS[form], folder, sample=sample)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", FAMILIES)
def test_a_family_answers_the_same_in_every_runtime(recipe: str, tmp_path: Path) -> None:
    """Within a hundred-thousandth of Keras, on 40 of the recipe's examples."""
    trained, sample = made(recipe, tmp_path)

    for form in ("onnx", "litert", "openvino"):
        done = shipped(trained, form, tmp_path, sample)

        assert all(parity.is_same(None) for parity in done.parities.values()), form
        assert dict(done.prepared) == {}


@pytest.mark.slow
def test_what_litert_has_no_operation_for_is_said(tmp_path: Path) -> None:
    """It pools no volumes; the message names what is missing and the hint what carries it."""
    trained, sample = made("cnn-volumes", tmp_path)

    with pytest.raises(RecipeError) as raised:
        shipped(trained, "litert", tmp_path, sample)

    message = "`litert` cannot carry this model: it has no operation MaxPool3D"
    hint = "`--format saved_model` and `--format keras` carry every one"
    assert raised.value.problems == (Problem("cannot-export", message, hint=hint),)


@pytest.mark.slow
def test_onnx_takes_any_number_of_sequences_of_any_length(tmp_path: Path) -> None:
    """Two sequences, longer than any that it was made with, get the answers of Keras."""
    trained, sample = made("reber-gru", tmp_path)
    shipped(trained, "onnx", tmp_path, sample)
    ((name, values),) = sample.raw.items()
    longer = np.concatenate([values[:2], values[2:4]], axis=1)

    (given,) = onnxruntime.InferenceSession(tmp_path / "onnx" / "model.onnx").run(None, {name: longer})

    expected = trained.model.predict_on_batch(longer)
    assert longer.shape[1] == 2 * values.shape[1]
    assert np.allclose(given, expected, atol=1e-5)


def test_numbers_of_different_sizes_are_prepared_where_they_would_share_steps(tmp_path: Path) -> None:
    """Of dynamic ranges, too: the converter folds the scale into the weights, and large numbers drown small ones."""
    trained, sample = made("mlp-breast-cancer", tmp_path)

    done = ship(trained, FORMATS["litert"], tmp_path, sample=sample, quantize="dynamic")

    assert list(done.prepared) == ["measurements"]
    assert all(parity.is_same("dynamic") for parity in done.parities.values())
