"""Small models that are composed as they are saved, untrained: what counts is that an export answers as they do."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.serving import compose_saved_model
from archcli.export.formats import FORMATS
from archcli.export.sample import Sample
from archcli.export.shipment import Trained
from archcli.export.shipping import Shipped, ship
from archcli.export.snippets import known_text
from archcli.recipe.facts import Calendar, InputFacts, Spectrum, TargetFacts
from archcli.recipe.recipe import Objective

AGES: Final = InputFacts("table__age", (2,), ("age", "weight"), scale=(0.1, 0.5), offset=(-1.0, 2.0), fill=(30.0, 70.0))
CITY: Final = InputFacts(
    "table__city", (3,), ("city",), kind="category", words=("Bonn", "Kiel"), fill_word="Kiel", is_one_hot=True
)
TABLE: Final = InputFacts("table", (5,), ("age", "weight", "city"), kind="side_by_side", parts=(AGES, CITY))
KIND: Final = TargetFacts("kind", "category", (), ("kind",), ("a", "b", "c"), (1, 1, 1))
VISITS: Final[Mapping[str, NDArray[Any]]] = {
    "table__age": np.array([[40, np.nan], [20, 65], [50, 80]], np.float32),
    "table__city": np.array([["Kiel"], [""], ["Ulm"]], object),
}

WHEN: Final = InputFacts(
    "when",
    (6,),
    ("when",),
    kind="date",
    calendar=Calendar(("year", "weekday", "hour", "days"), cyclic=True),
    fill=(2020.0, 0.0, 1.0, 0.0, 1.0, 18000.0),
    scale=(0.1, 1.0, 1.0, 1.0, 1.0, 0.001),
    offset=(-202.0, 0.0, 0.5, 0.0, 0.0, -19.0),
)
SOUND: Final = InputFacts(
    "sound",
    (4, 5),
    ("file",),
    kind="audio",
    spectrum=Spectrum(samples=160, sampling_rate=8000, frame_length=64, frame_step=32, mel_bins=5),
    scale=(0.5,),
    offset=(3.0,),
)
NOTE: Final = InputFacts(
    "note",
    (None,),
    ("note",),
    dtype="int32",
    vocabulary=5,
    padding=0.0,
    kind="text",
    words=("good", "day", "bad"),
    split="word",
    standardize="lower_and_strip_punctuation",
)
CODE: Final = InputFacts(
    "code",
    (4,),
    ("code",),
    dtype="int32",
    vocabulary=5,
    padding=0.0,
    kind="text",
    words=("a", "b", "Ä"),
    split="character",
)
WARD: Final = InputFacts("ward", (1,), ("ward",), dtype="int32", vocabulary=3, kind="category", words=("east", "west"))
WALK: Final = InputFacts(
    "walk", (None, 2), ("x", "y"), kind="sequence", scale=(2.0, 3.0), offset=(0.0, 1.0), padding=-9.0
)
TAGS: Final = TargetFacts("tags", "multilabel", (2,), ("tags",), ("crime", "love"), (5, 5), separator=",")
SEX: Final = TargetFacts("sex", "category", (), ("sex",), ("female", "male"), (5, 5))
PRICE: Final = TargetFacts("price", "number", (1,), ("price",), scale=(10.0,), offset=(100.0,))
EVENTS: Final[Mapping[str, NDArray[Any]]] = {
    "when": np.array([["2024-02-29 06:30"], [""], ["1999-12-31T23:59:59+02:00"]], object),
    "sound": np.random.default_rng(0).uniform(-1, 1, (3, 160)).astype(np.float32),
    "note": np.array([["Good   day!"], ["it's a BAD, bad day"], ["Ärger"]], object),
    "code": np.array([["ab"], ["Äxbab"], [""]], object),
    "ward": np.array([["west"], ["south"], ["east"]], object),
    "walk": np.array([[[1, 2], [3, 4]], [[5, 6], [np.nan, np.nan]], [[0, 0], [1, 1]]], np.float32),
}

STEPS: Final = InputFacts("steps", (5, 2), ("x", "y"))
PHASE: Final = TargetFacts("phase", "category", (5,), ("phase",), ("up", "down", "level"), (5, 5, 5))
WALKS: Final = np.random.default_rng(1).standard_normal((6, 5, 2)).astype(np.float32)


def visits(folder: Path, *, name: str = "network", activation: str | None = None) -> Trained:
    """Compose a model of numbers, which may miss, and a category side by side, to three classes."""
    keras.utils.set_random_seed(1)
    layers = [keras.Input((5,), name="table"), keras.layers.Dense(3, activation=activation)]
    network = keras.Sequential(layers, name=name)
    return _compose("visits", network, {"table": TABLE}, {"kind": KIND}, {"kind": ("classification", "logits")}, folder)


def events(folder: Path) -> Trained:
    """Compose a model of every kind of input that is prepared, to labels, one of two classes, and a number."""
    keras.utils.set_random_seed(2)
    inputs = {facts.name: facts for facts in (WHEN, SOUND, NOTE, CODE, WARD, WALK)}
    given = {name: keras.Input(facts.shape, dtype=facts.dtype, name=name) for name, facts in inputs.items()}
    pool = keras.layers.GlobalAveragePooling1D
    read = [
        given["when"],
        pool()(given["sound"]),
        pool()(keras.layers.Embedding(5, 3)(given["note"])),
        keras.layers.Flatten()(keras.layers.Embedding(5, 3)(given["code"])),
        keras.layers.Flatten()(keras.layers.Embedding(3, 3)(given["ward"])),
        pool()(given["walk"]),
    ]
    all_of_it = keras.layers.Concatenate()(read)
    answers = {
        "tags": keras.layers.Dense(2, activation="sigmoid", name="tags")(all_of_it),
        "sex": keras.layers.Dense(1, activation="sigmoid", name="sex")(all_of_it),
        "price": keras.layers.Dense(1, name="price")(all_of_it),
    }
    outputs = {"tags": TAGS, "sex": SEX, "price": PRICE}
    meant = {
        "tags": ("multilabel", "probabilities"),
        "sex": ("binary", "probabilities"),
        "price": ("regression", "values"),
    }
    return _compose("events", keras.Model(given, answers, name="network"), inputs, outputs, meant, folder)


def walks(folder: Path) -> Trained:
    """Compose a recurrent model of numbers as they stand, to a class at each step."""
    keras.utils.set_random_seed(3)
    layers = [keras.Input((5, 2), name="steps"), keras.layers.GRU(4, return_sequences=True), keras.layers.Dense(3)]
    network = keras.Sequential(layers, name="network")
    return _compose(
        "walks", network, {"steps": STEPS}, {"phase": PHASE}, {"phase": ("classification", "logits")}, folder
    )


def echo(facts: InputFacts, target: TargetFacts, folder: Path) -> Trained:
    """Compose a model of a target some steps late, to that target."""
    keras.utils.set_random_seed(4)
    given = keras.Input(facts.shape, dtype=facts.dtype, name=facts.name)
    read = keras.layers.Embedding(4, 3)(given) if facts.dtype == "int32" else given
    network = keras.Model(given, keras.layers.Dense(len(target.classes) or 1)(read), name="network")
    meant = ("classification", "logits") if target.classes else ("regression", "values")
    return _compose("echo", network, {facts.name: facts}, {target.name: target}, {target.name: meant}, folder)


def answers_of(model: keras.Model, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return what a model of several inputs answers, by name; of one output the name is empty."""
    given = model({name: keras.ops.convert_to_tensor(values) for name, values in inputs.items()})
    named = given if isinstance(given, dict) else {"": given}
    return {name: np.asarray(tensor) for name, tensor in named.items()}


def ship_to(folder: Path, trained: Trained, form: str, raw: Mapping[str, NDArray[Any]]) -> Shipped:
    """Export a model into a new folder of a folder, called as the format is."""
    (folder / form).mkdir()
    return ship(trained, FORMATS[form], folder / form, sample=Sample(raw, "test"))


def answers_to_zeros(shipped: Shipped) -> dict[str, list[Any]]:
    """Return what the model of a shipment answers to what its snippet feeds: zeros, and texts that it knows."""
    shipment, sizes = shipped.shipment, shipped.sizes
    zeros = {
        taken.name: np.array([[known_text(taken)]], object)
        if taken.dtype == "string"
        else np.zeros((1, *sizes[taken.name][1:]), taken.dtype)
        for taken in shipment.inputs
    }
    return {name: answer[0].tolist() for name, answer in answers_of(shipment.model, zeros).items()}


def run_snippet(form: str, folder: Path, shipped: Shipped) -> list[str]:
    """Run the snippet of what `ship_to` wrote as a program, and return the lines that it prints."""
    file = folder / f"{form}.py"
    file.write_text(FORMATS[form].snippet(folder / form, shipped.shipment, shipped.sizes), encoding="utf-8")
    out = StringIO()
    with redirect_stdout(out):
        runpy.run_path(str(file))
    return out.getvalue().splitlines()


def _compose(
    name: str,
    network: keras.Model,
    inputs: Mapping[str, InputFacts],
    outputs: Mapping[str, TargetFacts],
    meant: Mapping[str, tuple[Any, Any]],
    folder: Path,
) -> Trained:
    encoding: dict[str, Any] = {
        "classification": "index",
        "binary": "index",
        "multilabel": "multi_hot",
        "regression": "number",
    }
    objectives = {output: Objective(task, gives, encoding[task]) for output, (task, gives) in meant.items()}
    model = compose_saved_model(network, inputs=inputs, outputs=outputs, objectives=objectives)
    model.save(folder / "model.keras")
    return Trained(name, model, inputs, outputs, objectives, folder / "model.keras")
