"""What a format is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from numpy.typing import NDArray

from archcli.errors import Problem, RecipeError
from archcli.export.extras import Extra
from archcli.export.shipment import Arrays, Shipment
from archcli.recipe.facts import InputKind

Quantize = Literal["float16", "dynamic", "int8"]
Runner = Callable[[Arrays], Mapping[str, NDArray[Any]]]
"""Answers examples, by the names of a shipment's inputs and outputs."""

AS_TRAINED: Final[frozenset[InputKind]] = frozenset(
    {"numeric", "series", "sequence", "image", "shift", "category", "text", "date", "audio"}
)
"""All kinds of input: what a format carries in which Keras's own layers run."""

NUMBERS: Final[frozenset[InputKind]] = frozenset({"numeric", "series", "sequence", "image", "audio", "shift"})
"""The kinds of input whose preparation is arithmetic; that of a sound only in float32."""


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        folder: Where to; it is there, and empty.
        sizes: The shape of each input as it arrives, `(examples, *shape)`, by its name: for formats that fix sizes.
        quantize: Smaller numbers; None: float32.
        examples: What the model takes, `(examples, *shape)`, by name: to be tried, and for int8, of those that were
            trained on, what shows how large numbers get.
        notes: What goes into the file by name, as text, where the format has room for it.
    """

    folder: Path
    sizes: Mapping[str, tuple[int, ...]]
    quantize: Quantize | None
    examples: Arrays
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Format:
    """A format: how it is written, run and used.

    Attributes:
        name: What `--format` calls it.
        file: The file of the model in the export's folder; empty: the folder itself.
        carries: The kinds of input that it takes raw.
        write: Writes a model into a folder; raises `RecipeError` where it cannot be.
        open: Loads what was written into its own runtime.
        snippet: Python that runs it: of the export's folder, the shipment and the sizes of its inputs.
        runtime: The package that runs it.
        extra: What must be installed; None: nothing.
        is_fixed: Whether it takes one example at a time, of fixed sizes: those of the examples that it is tried on.
        quantizes: What `--quantize` may be.
    """

    name: str
    file: str
    carries: frozenset[InputKind]
    write: Callable[[Shipment, Order], None]
    open: Callable[[Path, Shipment], Runner]
    snippet: Callable[[Path, Shipment, Mapping[str, tuple[int, ...]]], str]
    runtime: str
    extra: Extra | None = None
    is_fixed: bool = False
    quantizes: tuple[Quantize, ...] = ()

    def model_path(self, folder: Path) -> Path:
        """Return where the model is in an export's folder."""
        return folder / self.file if self.file else folder


def cannot_carry(format_name: str, reason: str, *, quantize: Quantize | None = None) -> RecipeError:
    """Describe that a format has no way to say what a model does.

    Args:
        format_name: The format.
        reason: What its converter or its runtime says, in any number of lines.
        quantize: The smaller numbers that were asked for.
    """
    first = next((line.strip() for line in reason.splitlines() if line.strip()), "it does not say why")
    message = f"`{format_name}` cannot carry this model: {first[:200].rstrip('.')}"
    hint = "`--format saved_model` and `--format keras` carry every one"
    if quantize is not None:
        hint = f"{hint}; without `--quantize {quantize}` `{format_name}` may, too"
    return RecipeError(Problem("cannot-export", message, hint=hint))
