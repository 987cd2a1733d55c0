"""`text`: as an input the indices of its symbols, as a target a class at each step, with a mark at the end.

Texts are cut as Keras's `TextVectorization` cuts them, which does it in the saved model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults
from archcli.data.features.category import as_column, count_classes
from archcli.data.table import Table, TargetValues
from archcli.recipe.built_in import NO_LABEL
from archcli.recipe.facts import END, PADDING, InputFacts, Split, Standardize, TargetFacts
from archcli.recipe.features import SPLITS
from archcli.recipe.recipe import Named
from archcli.recipe.suggestions import did_you_mean

FIRST_INDEX: Final = 2
"""The index of the first symbol of a vocabulary: 0 is padding, 1 any symbol that is not in it."""

_SHOWN: Final = 10
_UNKNOWN: Final = "[UNK]"
"""What Keras calls a symbol that is not in the vocabulary; a vocabulary cannot have it."""

_PUNCTUATION: Final = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")
_SMALL: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BLANKS: Final = re.compile(r"[ \t\n\v\f\r]+")


def read_text_input(
    table: Table, columns: Sequence[str], faults: Faults, *, may_miss: bool = False
) -> NDArray[np.object_]:
    """Read a column of texts, `(examples, 1)`."""
    return as_column(table.texts(columns[0], faults, may_miss=may_miss))


def fit_text_input(name: str, feature: Named, columns: Sequence[str], training: NDArray[np.object_]) -> InputFacts:
    """Describe a text, its vocabulary that of the `training` examples, the most frequent symbols first."""
    split, standardize = cutting(feature)
    counts: Counter[str] = Counter()
    for text in training[:, 0]:
        counts.update(cut_text(text, split, standardize))
    del counts[_UNKNOWN]
    limit, length = feature.arguments.get("max_tokens"), feature.arguments.get("output_sequence_length")
    length = feature.arguments.get("window", length)
    words = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
    if isinstance(limit, int):
        words = words[: limit - FIRST_INDEX]
    return InputFacts(
        name,
        (length if isinstance(length, int) else None,),
        tuple(columns),
        dtype="int32",
        vocabulary=len(words) + FIRST_INDEX,
        padding=0.0,
        kind="text",
        words=tuple(words),
        split=split,
        standardize=standardize,
    )


def read_text(table: Table, feature: Named, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read texts as class numbers, `(examples, steps)`, int32: the symbols, `END`, and no label after it."""
    symbols = _cut_all(table.texts(columns[0], faults), *cutting(feature))
    classes = (PADDING, END, *sorted({symbol for text in symbols for symbol in text}))
    return TargetValues(_number_symbols(symbols, classes, 1 + max(map(len, symbols), default=0)), classes)


def read_known_text(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read texts as the classes that a target has; a symbol that is none of them goes to `faults`.

    They are as long as the target has steps, or longer.
    """
    texts = table.texts(target.columns[0], faults)
    symbols = _cut_all(texts, target.split or "word", target.standardize)
    known = set(target.classes)
    unknown = [
        (row, next(symbol for symbol in text if symbol not in known))
        for row, text in enumerate(symbols, start=1)
        if not known.issuperset(text)
    ]
    cells = [
        CellFault(
            "unknown-class",
            row,
            target.columns[0],
            f"row {row} of {table.noun} `{target.columns[0]}`: the model knows no {target.split} `{symbol}`",
            did_you_mean(symbol, target.classes[2:]),  # the first two are marks
        )
        for row, symbol in unknown[:_SHOWN]
    ]
    faults.add_cells(target.columns[0], cells, count=len(unknown))
    longest = 1 + max(map(len, symbols), default=0)
    return TargetValues(_number_symbols(symbols, target.classes, max(longest, *target.shape)), target.classes)


def fit_text(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a text that is a target, its symbols counted in the `training` rows."""
    split, standardize = cutting(feature)
    return TargetFacts(
        name,
        "text",
        target.values.shape[1:],
        tuple(columns),
        target.classes,
        count_classes(target, training),
        padded=bool((target.values < 0).any()),
        split=split,
        standardize=standardize,
    )


def cut_text(text: str, split: Split, standardize: Standardize | None) -> list[str]:
    """Cut a text into its characters or words, after standardizing it.

    Like TensorFlow's, only the letters from A to Z are written small, and only ASCII's blanks end a word.
    """
    if standardize in ("lower", "lower_and_strip_punctuation"):
        text = text.translate(_SMALL)
    if standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
        text = _PUNCTUATION.sub("", text)
    return list(text) if split == "character" else [word for word in _BLANKS.split(text) if word]


def index_texts(facts: InputFacts, texts: NDArray[np.object_]) -> list[list[int]]:
    """Return the indices of the symbols of each text, uncut: 1 for a symbol that is not in the vocabulary."""
    indices = {word: index for index, word in enumerate(facts.words, start=FIRST_INDEX)}
    return [
        [indices.get(symbol, 1) for symbol in cut_text(text, facts.split or "word", facts.standardize)]
        for text in texts[:, 0]
    ]


def join_symbols(symbols: Sequence[str], split: Split | None) -> str:
    """Put symbols together into a text, up to the mark of its end."""
    kept = list(symbols)
    kept = kept[: kept.index(END)] if END in kept else kept
    return ("" if split == "character" else " ").join(kept)


def cutting(feature: Named) -> tuple[Split, Standardize | None]:
    """Return how a recipe's text is cut, and what is done to it before."""
    split: Split = "character" if feature.arguments.get("split", SPLITS[1]) == "character" else "word"
    if "standardize" not in feature.arguments:
        return split, "lower_and_strip_punctuation" if split == "word" else None
    written = feature.arguments["standardize"]
    found: Standardize | None = next((name for name in _STANDARDIZE if name == written), None)
    return split, found


_STANDARDIZE: Final[tuple[Standardize, ...]] = ("lower_and_strip_punctuation", "lower", "strip_punctuation")


def _cut_all(texts: Sequence[str], split: Split, standardize: Standardize | None) -> list[list[str]]:
    return [cut_text(text, split, standardize) for text in texts]


def _number_symbols(symbols: Sequence[Sequence[str]], classes: Sequence[str], steps: int) -> NDArray[np.int32]:
    """Return the class number at each step, `END` after the last symbol, and no label from there on."""
    numbers = {symbol: number for number, symbol in enumerate(classes)}
    rows = np.full((len(symbols), steps), NO_LABEL, np.int32)
    for row, text in zip(rows, symbols, strict=True):
        row[: len(text)] = [numbers.get(symbol, NO_LABEL) for symbol in text]
        row[len(text)] = classes.index(END)
    return rows
