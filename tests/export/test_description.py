"""What is written of inputs and outputs is enough to prepare raw values by, with nothing of archcli."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from archcli.export.description import describe_shipment, label_files, labels_of, prepared_inputs
from archcli.export.format import AS_TRAINED, NUMBERS
from archcli.export.shipment import Shipment, Trained, make_shipment
from archcli.recipe.facts import END, PADDING, InputFacts, TargetFacts
from tests.export import small_models

FIRST_DAY = datetime(1970, 1, 1)  # noqa: DTZ001 -- no zone is applied


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A model that takes a date, a sound, words, characters, a category and a padded sequence."""
    return small_models.events(tmp_path_factory.mktemp("events"))


def described(shipment: Shipment) -> dict[str, Any]:
    """Describe a shipment whose sizes are open."""
    return describe_shipment(shipment, {taken.name: (None, *taken.shape) for taken in shipment.inputs})


def prepare_date(text: str, says: Mapping[str, Any]) -> list[float]:
    """Prepare a date by what is said of it."""
    if not text:
        numbers = list(says["missing"])
    else:
        date = datetime.fromisoformat(text).replace(tzinfo=None)
        parts = {
            "year": date.year,
            "weekday": date.isoweekday(),
            "hour": date.hour,
            "days": (date - FIRST_DAY).total_seconds() / 86400,
        }
        numbers = []
        for part in says["parts"]:
            if part in says["rounds"]:
                angle = 2 * np.pi * (parts[part] - says["rounds"][part]["first"]) / says["rounds"][part]["period"]
                numbers += [np.sin(angle), np.cos(angle)]
            else:
                numbers.append(parts[part])
    return [n * scale + offset for n, scale, offset in zip(numbers, says["scale"], says["offset"], strict=True)]


def prepare_sound(samples: NDArray[Any], says: Mapping[str, Any]) -> NDArray[Any]:
    """Prepare a sound by what is said of it."""
    frames = says["frames"]
    length, rate, bands = frames["frame_length"], frames["sampling_rate"], frames["mel_bins"]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    starts = range(0, frames["samples"] - length + 1, frames["frame_step"])
    cut = np.array([samples[start : start + length] for start in starts]) * window / (window.sum() / 2)
    power = np.abs(np.fft.rfft(cut)) ** 2

    def mel(hertz: Any) -> Any:
        return 1127 * np.log(1 + hertz / 700)

    points = np.linspace(mel(20), mel(rate / 2), bands + 2)
    places = mel(np.fft.rfftfreq(length, 1 / rate))
    weights = np.array([np.interp(places, points[band : band + 3], [0, 1, 0]) for band in range(bands)])
    weights[:, 0] = 0
    spectra: NDArray[Any] = np.log(power @ weights.T + 1e-6) * says["scale"] + says["offset"]
    return spectra


def prepare_text(text: str, says: Mapping[str, Any], length: int) -> list[int]:
    """Prepare a text by what is said of it."""
    if (says["standardize"] or "").startswith("lower"):
        text = "".join(letter.lower() if "A" <= letter <= "Z" else letter for letter in text)
    text = "".join(letter for letter in text if letter not in says.get("punctuation", ""))
    symbols = list(text) if says["split"] == "character" else text.split()
    places = {symbol: place for place, symbol in enumerate(says["vocabulary"], start=says["first"])}
    return ([places.get(symbol, says["other"]) for symbol in symbols] + [says["padding"]] * length)[:length]


def prepare_walk(walk: NDArray[Any], says: Mapping[str, Any]) -> NDArray[Any]:
    """Prepare a sequence, padded by NaN, by what is said of it."""
    scaled = walk * says["scale"] + says["offset"]
    prepared: NDArray[Any] = np.where(np.isnan(walk).all(axis=-1, keepdims=True), says["padding"], scaled)
    return prepared


def test_the_description_alone_is_enough_to_prepare_every_kind_of_input(events: Trained) -> None:
    """A date, a sound, words, characters, a category and a sequence, prepared by hand, get the raw values' answers."""
    shipment = make_shipment(events, NUMBERS - {"audio"}, is_even=True)
    says, raw = described(shipment)["inputs"], small_models.EVENTS
    ward = {word: place for place, word in enumerate(says["ward"]["vocabulary"], start=says["ward"]["first"])}

    by_hand = {
        "when": np.array([prepare_date(text, says["when"]) for text in raw["when"][:, 0]], np.float32),
        "sound": np.array([prepare_sound(sound, says["sound"]) for sound in raw["sound"]], np.float32),
        "note": np.array([prepare_text(text, says["note"], 5) for text in raw["note"][:, 0]], np.int32),
        "code": np.array([prepare_text(text, says["code"], 4) for text in raw["code"][:, 0]], np.int32),
        "ward": np.array([[ward.get(text, says["ward"]["other"])] for text in raw["ward"][:, 0]], np.int32),
        "walk": np.array([prepare_walk(walk, says["walk"]) for walk in raw["walk"]], np.float32),
    }

    for name, values in shipment.prepare(raw).items():
        assert values.dtype == by_hand[name].dtype == says[name]["dtype"]
        assert np.allclose(values, by_hand[name], atol=2e-5), name
    expected = small_models.answers_of(events.model, raw)
    given = small_models.answers_of(shipment.model, by_hand)
    assert all(np.allclose(given[name], expected[name], atol=2e-4) for name in ("tags", "sex", "price"))


def test_what_is_to_be_prepared_is_said_in_a_few_words(events: Trained) -> None:
    """Each by its kind; nothing where all goes in raw."""
    assert prepared_inputs(make_shipment(events, AS_TRAINED)) == {}
    assert prepared_inputs(make_shipment(events, NUMBERS)) == {
        "when": "the numbers of `parts`, in order, times `scale`, plus `offset`",
        "note": "the indices of its words: 2 for the first of `vocabulary`, 1 for any other",
        "code": "the indices of its characters: 2 for the first of `vocabulary`, 1 for any other",
        "ward": "the index of the category: 1 for the first of `vocabulary`, 0 for any other",
    }


def test_signature_says_how_a_date_and_a_sound_are_prepared(events: Trained) -> None:
    """In words beside the numbers, since neither is prepared by numbers alone."""
    says = described(make_shipment(events, NUMBERS - {"audio"}))["inputs"]

    assert says["when"]["parts"] == ["year", "weekday", "hour", "days"]
    assert says["when"]["rounds"] == {"weekday": {"first": 1, "period": 7}, "hour": {"first": 0, "period": 24}}
    assert says["when"]["how"] == (
        "a weekday is 1 for Monday, `days` are those since 1970-01-01, with their fraction; no zone is applied; "
        "a part in `rounds` is sin(a) and cos(a), a = 2 pi (number - `first`) / `period`; "
        "a missing number is `missing` before it is scaled"
    )
    assert says["sound"]["takes"] == "the spectrum of `frames`, times `scale`, plus `offset`"
    assert says["sound"]["how"].endswith(
        "it weighs 0 at the first, 1 at the second, 0 at the third, and 0 at 0 Hz; then ln(power + 1e-06)"
    )
    assert says["walk"]["padding"] == "NaN"


def test_signature_says_what_is_taken_raw(events: Trained) -> None:
    """Texts, samples and numbers, and what stands for what is missing."""
    says = described(make_shipment(events, AS_TRAINED))["inputs"]

    assert {name: one["takes"] for name, one in says.items()} == {
        "when": "text as it stands in the data",
        "sound": "samples from -1 to 1",
        "note": "text as it stands in the data",
        "code": "text as it stands in the data",
        "ward": "text as it stands in the data",
        "walk": "numbers as they stand in the data",
    }
    assert says["sound"]["shape"] == [None, 160]
    assert says["walk"]["padding"] == "NaN"


def test_labels_of_several_outputs_are_a_file_each(events: Trained) -> None:
    """A number has none; the only output's are `labels.txt`."""
    shipment = make_shipment(events, AS_TRAINED)

    assert labels_of(shipment) == {"tags": ("crime", "love"), "sex": ("female", "male")}
    assert label_files(shipment) == {"tags_labels.txt": "crime\nlove\n", "sex_labels.txt": "female\nmale\n"}
    assert described(shipment)["outputs"] == {
        "tags": {"gives": "the probability of each label", "labels": ["crime", "love"]},
        "sex": {
            "gives": "the probability of each class; of two, where there is one number, that of the second",
            "labels": ["female", "male"],
        },
        "price": {"gives": "`price`, in the units of the data", "columns": ["price"]},
    }


@pytest.mark.parametrize(
    ("facts", "target", "says"),
    [
        (
            InputFacts("late", (5,), (), dtype="int32", kind="shift", shift_of="said", shift_by=1),
            TargetFacts("said", "text", (5,), ("said",), (PADDING, END, "a"), (0, 1, 1)),
            {
                "takes": "the place of each symbol in the labels of `said`, 1 late: in use the model's own answers",
                "start": 1,
                "padding": 0,
            },
        ),
        (
            InputFacts("late", (5, 2), (), kind="shift", shift_of="said", shift_by=2),
            TargetFacts("said", "category", (5,), ("said",), ("a", "b"), (1, 1)),
            {
                "takes": "a row for each label of `said`, 1 in the label's place, else 0, 2 late: "
                "in use the model's own answers",
                "start": 0,
                "padding": 0,
            },
        ),
        (
            InputFacts("late", (5, 1), (), kind="shift", shift_of="said", shift_by=1),
            TargetFacts("said", "number", (5, 1), ("said",), scale=(4.0,), offset=(10.0,)),
            {
                "takes": "`said` times `scale`, plus `offset`, 1 late: in use the model's own answers",
                "start": 0,
                "padding": 0,
                "scale": [0.25],
                "offset": [-2.5],
            },
        ),
    ],
    ids=["a text", "labels", "numbers"],
)
def test_an_answer_that_comes_back_is_described(
    facts: InputFacts, target: TargetFacts, says: dict[str, Any], tmp_path: Path
) -> None:
    """How it is written, what it starts with, and that it is the model's own."""
    shipment = make_shipment(small_models.echo(facts, target, tmp_path), NUMBERS)

    told = described(shipment)["inputs"]["late"]

    assert {name: value for name, value in told.items() if name not in ("dtype", "shape", "columns")} == says


def test_a_text_that_is_answered_ends_before_its_mark(tmp_path: Path) -> None:
    """The mark is one of the labels."""
    facts = InputFacts("late", (5,), (), dtype="int32", kind="shift", shift_of="said", shift_by=1)
    target = TargetFacts("said", "text", (5,), ("said",), (PADDING, END, "a"), (0, 1, 1))

    told = described(make_shipment(small_models.echo(facts, target, tmp_path), NUMBERS))["outputs"]["said"]

    assert told["gives"].endswith(
        "at each step; of two, where there is one number, that of the second; the text ends before `[END]`"
    )
    assert told["labels"] == [PADDING, END, "a"]
