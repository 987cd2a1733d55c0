"""Python that a person can paste, and that runs as it is: an example of zeros, the answer, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from archcli.export.description import label_files
from archcli.export.shipment import Shipment, Taken
from archcli.recipe.facts import TargetFacts


def zeros(taken: Taken, sizes: Sequence[int]) -> str:
    """Return an expression for one example of an input: zeros, or for a text one that the model knows.

    Args:
        taken: The input.
        sizes: Those of one example.
    """
    if taken.dtype == "string":
        return f"tensorflow.constant([[{known_text(taken)!r}]])"
    return f'numpy.zeros({(1, *sizes)}, "{taken.dtype}")'


def known_text(taken: Taken) -> str:
    """Return a text such as an input takes."""
    facts = taken.facts
    return "2024-06-30" if facts.kind == "date" else (facts.words[0] if facts.words else "")


def examples(shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Return an expression for one example of each input, by name."""
    return {taken.name: zeros(taken, sizes[taken.name][1:]) for taken in shipment.inputs}


def as_dict(expressions: Mapping[str, str]) -> str:
    """Write expressions by name as Python writes a dict."""
    return "{" + ", ".join(f'"{name}": {one}' for name, one in expressions.items()) + "}"


def tell(shipment: Shipment, folder: Path) -> list[str]:
    """Return the lines that print what the answers to the first example mean; `answers` has them by name."""
    files = dict(zip(_classed(shipment), label_files(shipment), strict=True))
    lines = ["print({name: answer[0].tolist() for name, answer in answers.items()})"]
    lines += ["import pathlib"] * bool(files)
    for name, target in _classed(shipment).items():
        lines.append(f'labels = pathlib.Path({str(folder / files[name])!r}).read_text("utf-8").splitlines()')
        width = shipment.model.output[name].shape[-1]
        lines.append(f"print({_told(target, f'answers[{name!r}][0]', width)})")
    return lines


def _classed(shipment: Shipment) -> dict[str, TargetFacts]:
    return {name: target for name, target in shipment.outputs.items() if target is not None and target.classes}


def _told(target: TargetFacts, answer: str, width: int) -> str:
    """Return an expression for what an answer tells, `width` numbers at each place."""
    if target.kind == "multilabel":
        return f"[label for label, chance in zip(labels, {answer}) if chance >= 0.5]"
    numbers = f"({answer}[..., 0] >= 0.5).astype(int)" if width == 1 else f"{answer}.argmax(-1)"
    return f"numpy.array(labels)[{numbers}].tolist()"
