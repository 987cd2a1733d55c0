"""Loss, metrics and outputs without learning, against Keras's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.engine.evaluation import Evaluation, evaluate_model, evaluation_batch_size
from archcli.engine.feeding import Examples
from archcli.engine.steps import build_step
from archcli.errors import RecipeError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_model_is_measured_as_by_keras(make_classifier: Any, uneven_examples: Examples) -> None:
    """Loss and accuracy over whole batches and a partial one are equal bit for bit."""
    model = make_classifier(dropout=0.2)

    measured = evaluate_model(model, uneven_examples, batch_size=32)

    expected = model.evaluate(
        uneven_examples.inputs, uneven_examples.targets, batch_size=32, verbose=0, return_dict=True
    )
    assert measured == expected


def test_weights_count_as_in_keras(make_classifier: Any, examples: Examples) -> None:
    """With a weight for each example the weighted accuracy is Keras's."""
    model = make_classifier(weighted_metrics=["accuracy"])
    weight = np.linspace(0, 1, examples.count, dtype="float32")

    measured = evaluate_model(model, Examples(examples.inputs, examples.targets, weight), batch_size=32)

    options = {"sample_weight": weight, "batch_size": 32, "verbose": 0, "return_dict": True}
    assert measured == model.evaluate(examples.inputs, examples.targets, **options)


# Keras reads variables for its file in a way that NumPy 2 warns about.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
def test_a_saved_model_is_measured_as_before(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples, tmp_path: Path
) -> None:
    """The best epoch's numbers come back, bit for bit, from the file of the model."""
    outcome = train(make_classifier(), examples, validation)
    best = outcome.rows[outcome.best_epoch - 1]
    model = make_classifier(units=8)
    train(model, examples, validation, resume=True)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")
    measured = evaluate_model(loaded, validation, batch_size=evaluation_batch_size(16))

    assert {f"val_{name}": value for name, value in measured.items()} == {
        name: value for name, value in best.metrics.items() if name.startswith("val_")
    }


def test_evaluation_that_is_stopped_measures_nothing(make_classifier: Any, examples: Examples) -> None:
    """It is asked before each call whether to go on."""
    model = make_classifier()
    build_step(model, examples, batch_size=16)
    answers = iter([False, True])

    assert Evaluation(model, examples, batch_size=16).run(is_stopped=lambda: next(answers)) is None


def test_a_loss_that_does_not_fit_the_target_is_a_problem_of_the_recipe(
    make_classifier: Any, examples: Examples
) -> None:
    """It is found before a step is run."""
    model = make_classifier()
    model.compile("sgd", "categorical_crossentropy", jit_compile=False)

    with pytest.raises(RecipeError) as caught:
        evaluate_model(model, Examples(examples.inputs, np.zeros((examples.count, 5), "float32")), batch_size=32)

    assert caught.value.problems[0].code == "step-does-not-fit"
