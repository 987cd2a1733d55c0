"""The saved model takes raw values, answers in the target's terms, and loads without archcli's other parts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from archcli.build.serving import compose_saved_model
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Objective

RAW = np.random.default_rng(0).normal(loc=50, scale=20, size=(16, 3)).astype("float32")
MEASURES = InputFacts("measures", (3,), ("a", "b", "c"), scale=(0.1, 0.05, 0.5), offset=(-5.0, -2.5, -25.0))
UNSCALED = InputFacts("measures", (3,), ("a", "b", "c"))
SPECIES = TargetFacts("species", "category", (), ("species",), ("iris", "lily", "rose"), (5, 5, 5))
SEX = TargetFacts("sex", "category", (), ("sex",), ("female", "male"), (5, 5))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), ("crime", "love", "war"), (5, 5, 5), separator=",")
PRICES = TargetFacts("prices", "number", (2,), ("low", "high"), scale=(10.0, 4.0), offset=(100.0, -7.0))
LOGITS = Objective("classification", "logits", "index")
ONE_LOGIT = Objective("binary", "logits", "index")
PROBABILITIES = Objective("classification", "probabilities", "index")
LABEL_LOGITS = Objective("multilabel", "logits", "multi_hot")
VALUES = Objective("regression", "values", "number")


def network(units: int, *, activation: str | None = None, name: str = "network") -> keras.Model:
    """Build a network for three scaled values."""
    return keras.Sequential([keras.Input((3,), name="measures"), keras.layers.Dense(units, activation)], name=name)


def saved(core: keras.Model, facts: InputFacts, target: TargetFacts, objective: Objective) -> keras.Model:
    """Compose the saved model of a network with one input and one output."""
    return compose_saved_model(
        core, inputs={facts.name: facts}, outputs={target.name: target}, objectives={target.name: objective}
    )


def test_logits_become_probabilities_of_named_classes() -> None:
    """The composed model is scaling, network and softmax, by NumPy, and knows the classes by name."""
    core = network(3)

    model = saved(core, MEASURES, SPECIES, LOGITS)

    powers = np.exp(np.asarray(core(RAW * (0.1, 0.05, 0.5) + (-5.0, -2.5, -25.0)), "float64"))
    assert np.allclose(model(RAW), powers / powers.sum(axis=1, keepdims=True), atol=1e-5)
    assert model.get_layer("labels").names == ("iris", "lily", "rose")
    assert [layer.name for layer in model.layers] == [
        "measures",
        "measures-scaling",
        "network",
        "probabilities",
        "labels",
    ]


def test_one_logit_becomes_the_probability_of_the_second_class() -> None:
    """A single score goes through the sigmoid."""
    core = network(1)

    model = saved(core, UNSCALED, SEX, ONE_LOGIT)

    assert np.allclose(model(RAW), 1 / (1 + np.exp(-np.asarray(core(RAW), "float64"))), atol=1e-6)
    assert model.get_layer("labels").names == ("female", "male")


def test_logits_of_labels_become_a_probability_of_each() -> None:
    """Each score goes through a sigmoid of its own."""
    core = network(3)

    model = saved(core, UNSCALED, GENRES, LABEL_LOGITS)

    assert np.allclose(model(RAW), 1 / (1 + np.exp(-np.asarray(core(RAW), "float64"))), atol=1e-6)
    assert model.get_layer("labels").names == ("crime", "love", "war")


def test_probabilities_stay_what_they_are() -> None:
    """A network that ends in a softmax gets no second one."""
    core = network(3, activation="softmax")

    model = saved(core, UNSCALED, SPECIES, PROBABILITIES)

    assert np.array_equal(model(RAW), core(RAW))
    assert [layer.name for layer in model.layers] == ["measures", "network", "labels"]


def test_numbers_come_back_in_their_own_units() -> None:
    """What was divided by the scale after the offset was taken off is multiplied by it and added again."""
    core = network(2)

    model = saved(core, UNSCALED, PRICES, VALUES)

    # Near the offset's negative the sum is near 0, where only an absolute bound means anything.
    assert np.allclose(model(RAW), np.asarray(core(RAW)) * (10.0, 4.0) + (100.0, -7.0), rtol=1e-5, atol=1e-4)


def test_the_saved_model_shares_the_networks_weights() -> None:
    """Composing copies nothing: what is trained afterwards is in the composed model."""
    core = network(2)
    model = saved(core, UNSCALED, PRICES, VALUES)

    core.layers[0].bias.assign([1.0, 2.0])

    assert np.allclose(model(np.zeros((1, 3), "float32")), [[110.0, 1.0]])


@pytest.mark.parametrize("name", ["labels", "network", "probabilities"])
def test_an_input_may_have_any_name(name: str) -> None:
    """An input called as one of the layers around the network changes nothing but names."""
    facts = InputFacts(name, (3,), ("a", "b", "c"), scale=(2.0,), offset=(0.0,))

    model = saved(network(3), facts, SPECIES, LOGITS)

    assert model.get_layer("labels").names == ("iris", "lily", "rose")
    assert model(RAW).shape == (16, 3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_the_file_loads_in_a_fresh_interpreter_with_archcli_layers_alone(tmp_path: Path) -> None:
    """`import archcli.layers` is all that a saved model needs, and it gives the same numbers there."""
    model = saved(network(3), MEASURES, SPECIES, LOGITS)
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "raw.npy", RAW)
    program = (
        "import json, sys, keras, numpy as np, archcli.layers\n"
        "model = keras.models.load_model('model.keras')\n"
        "answers = model.predict(np.load('raw.npy'), verbose=0)\n"
        "parts = sorted(name for name in sys.modules if name.startswith('archcli.') and name.count('.') == 1)\n"
        "print(json.dumps([answers.tolist(), model.get_layer('labels').names, parts]))"
    )
    root = Path(__file__).parent.parent.parent

    answer = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{program}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    answers, names, parts = json.loads(answer.stdout.splitlines()[-1])
    assert np.array_equal(np.array(answers, "float32"), model.predict(RAW, verbose=0))
    assert names == ["iris", "lily", "rose"]
    assert parts == ["archcli.layers"]
