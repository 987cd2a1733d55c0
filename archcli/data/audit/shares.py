"""How many examples the parts have, and each class in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from archcli.data.audit.columns import ENOUGH
from archcli.data.audit.finding import SHOWN, Finding, count_of, join_words, quote_all
from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName
from archcli.errors import Problem

FEW: Final = 5
"""A class with fewer training labels is rare."""

RARE: Final = 0.1
"""So is one with less than this share of what it would have if all had as many."""


MEASURED: Final = 10
"""With fewer examples a score says next to nothing."""


@dataclass(frozen=True)
class Balance:
    """The classes of a target.

    Attributes:
        target: What the data call it.
        classes: The labels, in the order of their numbers.
        counts: How many labels of each class each part has: of examples, of their steps or of their points.
        labelled: How many labels, or with several labels an example how many examples, each part has.
        is_exclusive: Whether a label is of one class, so that the shares of a part sum to 1.
    """

    target: str
    classes: tuple[str, ...]
    counts: Mapping[PartName, tuple[int, ...]]
    labelled: Mapping[PartName, int]
    is_exclusive: bool

    def share(self, part: PartName, index: int) -> float:
        """Return the share of a part's labels, or examples, that has the class at `index`."""
        return self.counts[part][index] / max(1, self.labelled[part])


def count_classes(variable: Variable) -> Balance:
    """Count the classes of a target of labels."""
    is_exclusive = variable.holds == "classes"
    counts, labelled = dict[PartName, tuple[int, ...]](), dict[PartName, int]()
    for part, values in variable.parts.items():
        counts[part] = tuple(variable.count_classes(part).tolist())
        labelled[part] = sum(counts[part]) if is_exclusive else len(values)
    return Balance(variable.name, variable.classes, counts, labelled, is_exclusive)


def find_rare_classes(balance: Balance) -> Iterator[Finding]:
    """Find classes that are rare in training, where that has some examples, or not there in another part."""
    classes = balance.classes
    expected = balance.labelled["training"] / len(classes)
    is_some = balance.labelled["training"] >= ENOUGH
    rare = {
        label: count
        for label, count in zip(classes, balance.counts["training"], strict=True)
        if is_some and (count < FEW or (balance.is_exclusive and count < RARE * expected))
    }
    if rare:
        listed = [f"`{label}` ({count:,})" for label, count in rare.items()]
        shown = join_words(listed[:SHOWN], more=max(0, len(listed) - SHOWN))
        labels = f"{balance.labelled['training']:,} training {'labels' if balance.is_exclusive else 'examples'}"
        which = "one class is" if len(rare) == 1 else f"{len(rare):,} classes are"
        message = f"{which} rare among {labels} of `{balance.target}`: {shown}"
        hint = "add examples of it, or write `train: {class_weight: balanced}`, and look at its own scores"
        yield Finding(Problem("rare-class", message, hint=hint), (balance.target,))
    for part, counts in balance.counts.items():
        absent = [label for label, count in zip(classes, counts, strict=True) if not count]
        if part != "training" and absent:
            message = f"no {part} example of `{balance.target}` has the class{'es' * (len(absent) > 1)} "
            hint = "nothing is measured of it there: keep more examples out of training, or write `stratify: true`"
            yield Finding(Problem("class-absent", message + quote_all(absent), hint=hint), (balance.target,))


def find_small_parts(examples: Mapping[PartName, int]) -> Iterator[Finding]:
    """Find parts that are kept for measuring and have too few examples for it."""
    for part, count in examples.items():
        if part != "training" and count < MEASURED:
            message = f"the {part} part has {count_of(count, 'example')}, and a score of so few says next to nothing"
            hint = "keep a larger share for it"
            yield Finding(Problem("small-part", message, hint=hint))
