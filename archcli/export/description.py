"""What a shipped model takes and gives, in plain data: `signature.json`, by which a person can prepare inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from archcli.export.shipment import Shipment, Taken
from archcli.recipe.facts import InputFacts, TargetFacts

FIRST_CATEGORY: Final = 1
"""The index of the first category; 0 is any other."""

FIRST_SYMBOL: Final = 2
"""The index of the first symbol of a text; 0 is padding, 1 any other."""


def describe_shipment(shipment: Shipment, sizes: Mapping[str, Sequence[int | None]]) -> dict[str, Any]:
    """Return what the tensors of a shipped model are, in plain data.

    Args:
        shipment: The model.
        sizes: The shape of each input, batch first, by its name; None: any size.
    """
    inputs = {taken.name: _describe_input(taken, sizes[taken.name]) for taken in shipment.inputs}
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


def _describe_input(taken: Taken, sizes: Sequence[int | None]) -> dict[str, Any]:
    facts = taken.facts
    described: dict[str, Any] = {"dtype": taken.dtype, "shape": list(sizes), "columns": list(facts.columns)}
    if facts.kind == "shift":
        start = {"padding": 0} | ({"start": 1} if facts.dtype == "int32" else {})
        text = f"the target `{facts.shift_of}`, {facts.shift_by} late: in use the model's own answers"
        return {**described, "takes": text, **start}
    if taken.is_raw:
        return {**described, "takes": _raw_words(facts), **_raw_details(facts)}
    return {**described, "takes": _words_for(facts), **_prepared_details(facts)}


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
    details: dict[str, Any] = {}
    match facts.kind:
        case "category":
            details = {"vocabulary": list(facts.words), "first": FIRST_CATEGORY, "other": 0}
            if facts.fill_word is not None:
                details["missing"] = FIRST_CATEGORY + facts.words.index(facts.fill_word)
        case "text":
            before = {"standardize": facts.standardize, "split": facts.split}
            indices = {"first": FIRST_SYMBOL, "other": 1, "padding": 0}
            details = {**before, "vocabulary": list(facts.words), **indices}
        case _:
            plain = {"scale": facts.scale, "offset": facts.offset, "missing": facts.fill, "padding": facts.padding}
            details = {name: value for name, value in plain.items() if value is not None}
            if facts.calendar is not None:
                details |= asdict(facts.calendar)
            if facts.spectrum is not None:
                details["frames"] = asdict(facts.spectrum)
    return details


def _describe_output(target: TargetFacts | None) -> dict[str, Any]:
    if target is None:
        return {"gives": "what the recipe writes out"}
    if not target.classes:
        return {"gives": f"`{target.name}`, in the units of the data", "columns": list(target.columns)}
    if target.kind == "multilabel":
        return {"gives": "the probability of each label", "labels": list(target.classes)}
    where = " at each place" if target.shape else ""
    one = f"the probability of each class{where}; of two, where there is one number, that of the second"
    return {"gives": one, "labels": list(target.classes)}
