"""A column of texts: a list of them, or each different one once and the number of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

Labels = Sequence[str]
"""A column of labels or texts, one for each example."""


@dataclass(frozen=True, eq=False)
class CodedTexts(Sequence[str]):
    """Texts of which many are alike, each different one held once.

    Attributes:
        codes: The number of each text, `(texts,)`, int32.
        words: The different texts, in the order of their numbers.
    """

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> CodedTexts: ...

    def __getitem__(self, index: int | slice) -> str | CodedTexts:
        if isinstance(index, slice):
            return CodedTexts(self.codes[index], self.words)
        return self.words[int(self.codes[index])]

    def __iter__(self) -> Iterator[str]:
        return map(self.words.__getitem__, self.codes.tolist())

    def different(self) -> tuple[str, ...]:
        """Return the texts that there are, each once."""
        used = np.flatnonzero(np.bincount(self.codes, minlength=len(self.words)))
        return self.words if len(used) == len(self.words) else tuple(self.words[code] for code in used.tolist())


def find_texts(texts: Labels, test: Callable[[str], bool]) -> NDArray[np.int64]:
    """Return which texts pass a test, from 0; each different one is tested once where that is known."""
    if isinstance(texts, CodedTexts):
        passed = np.fromiter(map(test, texts.words), np.bool_, len(texts.words))
        return np.flatnonzero(passed[texts.codes]) if passed.any() else np.zeros(0, np.int64)
    return np.flatnonzero(np.fromiter(map(test, texts), np.bool_, len(texts)))


def change_texts(texts: Labels, change: Callable[[str], str]) -> Labels:
    """Return texts that are changed; each different one is changed once where that is known."""
    if isinstance(texts, CodedTexts):
        return CodedTexts(texts.codes, tuple(map(change, texts.words)))
    return list(map(change, texts))


def number_texts(texts: Labels, numbers: Mapping[str, int], otherwise: int) -> NDArray[np.int32]:
    """Return the number of each text, `otherwise` where it has none, `(texts,)`, int32."""
    if isinstance(texts, CodedTexts):
        by_code = [numbers.get(word, otherwise) for word in texts.words]
        return np.asarray(by_code, np.int32)[texts.codes]
    return np.fromiter((numbers.get(text, otherwise) for text in texts), np.int32, len(texts))
