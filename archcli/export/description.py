"""What a shipped model takes and gives, in plain data: `signature.json`, by which a person can prepare inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from archcli.export.shipment import Shipment, Taken
from archcli.layers.date_parts import ROUNDS
from archcli.layers.spectrogram import FLOOR
from archcli.recipe.facts import END, Calendar, InputFacts, Spectrum, TargetFacts

FIRST_CATEGORY: Final = 1
"""The index of the first category; 0 is any other."""

FIRST_SYMBOL: Final = 2
"""The index of the first symbol of a text; 0 is padding, 1 any other."""

PUNCTUATION: Final = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"
"""What Keras's `TextVectorization` takes out of texts; it makes only `A` to `Z` small."""


def describe_shipment(shipment: Shipment, sizes: Mapping[str, Sequence[int | None]]) -> dict[str, Any]:
    """Return what the tensors of a shipped model are, in plain data.

    Args:
        shipment: The model.
        sizes: The shape of each input, batch first, by its name; None: any size.
    """
    targets = {target.name: target for target in shipment.outputs.values() if target is not None}
    inputs = {taken.name: _describe_input(taken, sizes[taken.name], targets) for taken in shipment.inputs}
    outputs = {name: _describe_output(target) for name, target in shipment.outputs.items()}
    return {"inputs": inputs, "outputs": outputs}


def labels_of(shipment: Shipment) -> dict[str, tuple[str, ...]]:
    """Return the names of the classes of each output that has some, in the order of its scores."""
    return {name: target.classes for name, target in shipment.outputs.items() if target is not None and target.classes}


def label_files(shipment: Shipment) -> dict[str, str]:
    """Return the files of labels, a line each: `labels.txt` where there is one output, else one for each."""
    labels = labels_of(shipment)
    several = len(shipment.outputs) > 1
    return {
        f"{name}_labels.txt" if several else "labels.txt": "".join(f"{label}\n" for label in found)
        for name, found in labels.items()
    }


def prepared_inputs(shipment: Shipment) -> dict[str, str]:
    """Return the inputs that are to be prepared by whoever calls, and as what, in a few words each."""
    return {taken.name: _words_for(taken.facts) for taken in shipment.inputs if not taken.is_raw}


def _describe_input(taken: Taken, sizes: Sequence[int | None], targets: Mapping[str, TargetFacts]) -> dict[str, Any]:
    facts = taken.facts
    described: dict[str, Any] = {"dtype": taken.dtype, "shape": list(sizes), "columns": list(facts.columns)}
    if facts.shift_of is not None:
        return {**described, **_shift_details(facts, targets.get(facts.shift_of))}
    if taken.is_raw:
        return {**described, "takes": _raw_words(facts), **_raw_details(facts)}
    return {**described, "takes": _words_for(facts), **_prepared_details(facts)}


def _shift_details(facts: InputFacts, target: TargetFacts | None) -> dict[str, Any]:
    """Say how the model's own answers, or the truth, come back some steps late."""
    late = f"{facts.shift_by} late: in use the model's own answers"
    if facts.dtype == "int32":
        return {
            "takes": f"the place of each symbol in the labels of `{facts.shift_of}`, {late}",
            "start": 1,
            "padding": 0,
        }
    if target is not None and target.classes:
        row = f"a row for each label of `{facts.shift_of}`, 1 in the label's place, else 0"
        return {"takes": f"{row}, {late}", "start": 0, "padding": 0}
    details: dict[str, Any] = {"takes": f"`{facts.shift_of}`, {late}", "start": 0, "padding": 0}
    if target is not None and target.scale is not None and target.offset is not None:
        scales = list(zip(target.scale, target.offset, strict=True))
        details["takes"] = f"`{facts.shift_of}` times `scale`, plus `offset`, {late}"
        details |= {
            "scale": [1 / scale for scale, _ in scales],
            "offset": [-offset / scale for scale, offset in scales],
        }
    return details


def _raw_words(facts: InputFacts) -> str:
    match facts.kind:
        case "image":
            return "pixels from 0 to 255"
        case "audio":
            return "samples from -1 to 1"
        case "category" | "text" | "date":
            return "text as it stands in the data"
        case _:
            return "numbers as they stand in the data"


def _raw_details(facts: InputFacts) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if facts.fill is not None:
        details["missing"] = "NaN"
    if facts.fill_word is not None:
        details["missing"] = ""
    if facts.kind == "sequence":
        details["padding"] = "NaN"
    elif facts.padding is not None and facts.kind not in ("text", "category"):
        details["padding"] = facts.padding if facts.raw_padding is None else facts.raw_padding
    return details


def _words_for(facts: InputFacts) -> str:
    """Say what is to be prepared of an input that does not go in raw."""
    match facts.kind:
        case "category":
            return f"the index of the category: {FIRST_CATEGORY} for the first of `vocabulary`, 0 for any other"
        case "text":
            unit = "characters" if facts.split == "character" else "words"
            return f"the indices of its {unit}: {FIRST_SYMBOL} for the first of `vocabulary`, 1 for any other"
        case "date":
            return "the numbers of `parts`, in order, times `scale`, plus `offset`"
        case "audio":
            return "the spectrum of `frames`, times `scale`, plus `offset`"
        case _:
            return "numbers times `scale`, plus `offset`"


def _prepared_details(facts: InputFacts) -> dict[str, Any]:
    match facts.kind:
        case "category":
            details: dict[str, Any] = {"vocabulary": list(facts.words), "first": FIRST_CATEGORY, "other": 0}
            if facts.fill_word is not None:
                details["missing"] = FIRST_CATEGORY + facts.words.index(facts.fill_word)
            return details
        case "text":
            return _text_details(facts)
        case _:
            plain = {"scale": facts.scale, "offset": facts.offset, "missing": facts.fill, "padding": facts.padding}
            details = {name: value for name, value in plain.items() if value is not None}
            how = [_calendar_words(facts.calendar)] if facts.calendar is not None else []
            how += [_spectrum_words(facts.spectrum)] if facts.spectrum is not None else []
            how += ["a missing number is `missing` before it is scaled"] * (facts.fill is not None)
            how += ["steps after the end are `padding`, which is not scaled"] * (facts.padding is not None)
            if facts.calendar is not None:
                details |= _calendar_details(facts.calendar)
            if facts.spectrum is not None:
                details["frames"] = asdict(facts.spectrum)
            return {**details, "how": "; ".join(how)} if how else details


def _text_details(facts: InputFacts) -> dict[str, Any]:
    standardize = facts.standardize or ""
    how = ["`A` to `Z` are made small"] * standardize.startswith("lower")
    how += ["all of `punctuation` is taken out"] * standardize.endswith("strip_punctuation")
    how += ["each character is one symbol" if facts.split == "character" else "words are what stands between blanks"]
    how += ["what is short is followed by `padding`, what is long is cut"]
    details: dict[str, Any] = {"how": "; ".join(how), "standardize": facts.standardize, "split": facts.split}
    if standardize.endswith("strip_punctuation"):
        details["punctuation"] = PUNCTUATION
    return {**details, "vocabulary": list(facts.words), "first": FIRST_SYMBOL, "other": 1, "padding": 0}


def _calendar_words(calendar: Calendar) -> str:
    words = "a weekday is 1 for Monday, `days` are those since 1970-01-01, with their fraction; no zone is applied"
    if not calendar.cyclic:
        return words
    return f"{words}; a part in `rounds` is sin(a) and cos(a), a = 2 pi (number - `first`) / `period`"


def _calendar_details(calendar: Calendar) -> dict[str, Any]:
    details: dict[str, Any] = {"parts": list(calendar.parts), "cyclic": calendar.cyclic}
    if calendar.cyclic:
        rounds = {part: ROUNDS[part] for part in calendar.parts if part in ROUNDS}
        details["rounds"] = {part: {"first": first, "period": period} for part, (first, period) in rounds.items()}
    return details


def _spectrum_words(spectrum: Spectrum) -> str:
    words = [
        "`samples` from -1 to 1, cut or followed by 0, in frames of `frame_length` samples, one every `frame_step`",
        "each times a periodic Hann window over half the window's sum",
        "then the power of its discrete Fourier transform, from 0 Hz to half the `sampling_rate`",
    ]
    if spectrum.mel_bins is not None:
        words += [
            "then its sums in `mel_bins` bands, over `mel_bins` + 2 points from 20 Hz to half the `sampling_rate`",
            "the points are even in mel = 1127 ln(1 + hertz / 700), by which each band is a triangle over three points",
            "it weighs 0 at the first, 1 at the second, 0 at the third, and 0 at 0 Hz",
        ]
    return "; ".join([*words, f"then ln(power + {FLOOR:g})"])


def _describe_output(target: TargetFacts | None) -> dict[str, Any]:
    if target is None:
        return {"gives": "what the recipe writes out"}
    if not target.classes:
        return {"gives": f"`{target.name}`, in the units of the data", "columns": list(target.columns)}
    if target.kind == "multilabel":
        return {"gives": "the probability of each label", "labels": list(target.classes)}
    where = " at each step" if target.shape else ""
    one = f"the probability of each class{where}; of two, where there is one number, that of the second"
    if target.kind == "text":
        one = f"{one}; the text ends before `{END}`"
    return {"gives": one, "labels": list(target.classes)}
