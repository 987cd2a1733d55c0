"""What to write instead: hints for what is wrong with a single key, name or value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from archcli.recipe.catalogue import CATEGORIES, catalogue
from archcli.recipe.loading import read_scalar
from archcli.recipe.nodes import ListNode, MapNode, Node, ScalarNode
from archcli.recipe.schema import RECIPE
from archcli.recipe.signatures import canonical_name, names
from archcli.recipe.suggestions import did_you_mean, near_match
from archcli.recipe.types import (
    Either,
    ListOf,
    MapOf,
    Null,
    Number,
    Object,
    Section,
    Signature,
    Text,
    Truth,
    Type,
    Whole,
)
from archcli.recipe.typing_of import with_article

_BOOLEAN_WORDS: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}

_SHAPE: Final = "leave it out: the shape of the input follows from the data"
_LOSS: Final = "leave the loss out: it follows from the target and the last layer"
_OPTIMIZER: Final = "the learning rate belongs to the optimizer: `optimizer: {Adam: {learning_rate: ...}}` in `train`"

_NAMES_ELSEWHERE: Final = {
    ("layer", "Input"): _SHAPE,
    ("layer", "InputLayer"): _SHAPE,
    ("layer", "Lambda"): "a recipe holds no code; look for a layer that does it",
    ("loss", "accuracy"): "`accuracy` is a metric; leave the loss out, and it follows from the target",
    ("loss", "cross_entropy"): _LOSS,
    ("loss", "crossentropy"): _LOSS,
    ("callback", "EarlyStopping"): "write `early_stopping: {patience: 10}` in `train`",
    ("callback", "ModelCheckpoint"): "leave it out: the best and the last epoch are kept in any case",
    ("callback", "BackupAndRestore"): "leave it out: `archcli resume` goes on with any run that was cut short",
    ("callback", "LearningRateScheduler"): "give the optimizer a schedule: `learning_rate: {ExponentialDecay: ...}`",
    ("callback", "TerminateOnNaN"): "leave it out: training stops when the loss is not a number",
}
"""What people know from Keras and a recipe has in another place."""

_USUAL: Final = {
    "activation": "such as `relu`, `tanh`, `sigmoid`, `softmax`, `linear`",
    "layer": "such as `Dense: 64`, `Dropout: 0.5`, `Flatten`",
    "cell": "such as `LSTMCell: 32`",
    "optimizer": "such as `adam`, or `SGD: {learning_rate: 0.1, momentum: 0.9}`",
    "schedule": "such as `CosineDecay: {initial_learning_rate: 1e-3, decay_steps: $training_steps}`",
    "loss": "such as `mse`, or `Huber: 0.5`",
    "metric": "such as `accuracy`, or `AUC`",
    "initializer": "such as `he_normal`, or `Constant: 0.1`",
    "regularizer": "such as `L2: 1e-4`",
    "constraint": "such as `MaxNorm: 3`",
    "callback": "such as `ReduceLROnPlateau: {patience: 5}`",
    "architecture": "such as `mlp: {hidden: [64, 64]}`",
    "source": "such as `iris`, or `csv: data.csv`",
    "input": "such as `numeric: [height, width]`",
    "target": "such as `category`, or `number`",
}
"""How things of each category are written."""

_KEYS_ELSEWHERE: Final = {
    "learning_rate": _OPTIMIZER,
    "lr": _OPTIMIZER,
    "validation_split": "write `split: {validation: ...}` in `data`",
}


def key_hint(key: str, section: Section) -> str | None:
    """Say what an unknown key of a section may stand for: a slip, or a key of another section."""
    known = [field.name for field in section.fields]
    if key in _KEYS_ELSEWHERE:
        return _KEYS_ELSEWHERE[key]
    if near_match(key, known) is None:
        home = next((other.name for other in _sections(RECIPE) if other.field(key)), None)
        if home is not None:
            return f"`{key}` belongs at the top" if home == RECIPE.name else f"`{key}` belongs in `{home}`"
    return did_you_mean(key, known)


def argument_hint(key: str, found: Signature) -> str | None:
    """Say what an argument may stand for that the named thing does not have."""
    if key in ("from", "repeat"):
        return f"it stands beside `{found.name}`, not inside: `{{{found.name}: ..., {key}: ...}}`"
    if key in ("input_shape", "batch_input_shape"):
        return _SHAPE
    has_rate = "learning_rate" in found.arguments
    if key == "lr":
        return "did you mean `learning_rate`?" if has_rate else _OPTIMIZER
    if key == "decay" and has_rate:
        return "give `learning_rate` a schedule: `learning_rate: {InverseTimeDecay: ...}`"
    if not found.arguments:
        return f"write `{found.name}` alone"
    hint = did_you_mean(key, found.arguments)
    if hint is None:
        first = list(found.arguments)[:6]
        hint = f"it has {_listed(first)} and {len(found.arguments) - len(first)} more"
    return hint


def name_hint(text: str, category: str, known: Sequence[str]) -> str | None:
    """Say what a name may stand for that is not among those `known` in the category."""
    if (category, text) in _NAMES_ELSEWHERE:
        return _NAMES_ELSEWHERE[category, text]
    if category == "cell" and canonical_name("layer", text)[0] is not None:
        return f"a cell is wanted here, such as `{near_match(text + 'Cell', known)}`; `{text}` is a layer"
    near = near_match(text, known)
    if near is None:
        if category == "layer" and text in catalogue().activations:
            return f"`{text}` is an activation: write `Activation: {text}`"
        home = next((other for other in CATEGORIES if canonical_name(other, text)[0] is not None), None)
        if home is not None:
            return f"`{text}` is {with_article(home)}"
    if near is not None:
        return f"did you mean `{near}`?"
    return did_you_mean(text, names(category) or known) or _USUAL.get(category)


def type_hint(node: Node, type_: Type) -> str | None:
    """Say what to write where a value is not of the type that is wanted."""
    options = type_.types if isinstance(type_, Either) else (type_,)
    kinds = tuple(type(option) for option in options)
    if isinstance(type_, Section):
        if len(type_.fields) == 1 and isinstance(node, ScalarNode) and isinstance(node.value, (int, float)):
            return f"write `{{{type_.fields[0].name}: {node.text}}}`"
        return f"its keys are {_listed([field.name for field in type_.fields])}"
    if isinstance(node, ListNode) and MapOf not in kinds and ListOf not in kinds and len(node.items) == 1:
        return "write it without the brackets"
    if isinstance(node, ListNode) and kinds == (MapOf,):
        return "write `name: ...` for each, without dashes or brackets"
    category = next((option.category for option in options if isinstance(option, Object)), None)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return _text_hint(node, kinds)
    if category is not None:
        return _USUAL[category]
    if isinstance(node, MapNode) and ListOf in kinds:
        return _list_hint(options)
    return _scalar_hint(node, options) if isinstance(node, ScalarNode) and node.value is not None else None


def number_hint(text: str, *, quoted: bool) -> str | None:
    """Say how a text that looks like a number is written as one."""
    if quoted and isinstance(read_scalar(text), (int, float)):
        return f"write `{text}` without quotes"
    if re.fullmatch(r"\d[\d_]*", text):
        return f"write `{text.replace('_', '')}`"
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"write `{text.replace(',', '.')}`"
    if match := re.fullmatch(r"(\d+(?:\.\d+)?) ?%", text):
        return f"write `{float(match[1]) / 100:g}`"
    if match := re.fullmatch(r"(\d+(?:\.\d+)?) ?/ ?(\d+(?:\.\d+)?)", text):
        divisor = float(match[2])
        return f"a recipe does not calculate: write `{float(match[1]) / divisor:.9g}`" if divisor else None
    return None


def _text_hint(node: ScalarNode, kinds: tuple[type, ...]) -> str | None:
    text = node.text.strip()
    if node.quoted and text.startswith("$"):
        return f"write `{text}` without quotes"
    if Truth in kinds and text.lower() in ("true", "false"):
        return f"write `{text.lower()}` without quotes"
    if Truth in kinds and text.lower() in _BOOLEAN_WORDS:
        return f"`{text}` is a text in YAML 1.2: write `{_BOOLEAN_WORDS[text.lower()]}`"
    if text == "None":
        return "write `null`" if Null in kinds else "leave it out"
    if text.startswith("(") and text.endswith(")"):
        return f"YAML has no tuples: write `[{text[1:-1]}]`"
    if Whole in kinds or Number in kinds:
        return number_hint(text, quoted=node.quoted)
    return f"write `[{text}]`" if ListOf in kinds else None


def _scalar_hint(node: ScalarNode, options: tuple[Type, ...]) -> str | None:
    kinds = [type(option) for option in options]
    if isinstance(node.value, float) and Whole in kinds and node.value.is_integer():
        return f"write `{int(node.value)}`"
    if ListOf in kinds:
        return f"write `[{node.text}]`"
    takes_any_text = any(isinstance(option, Text) and not option.choices for option in options)
    return f'write `"{node.text}"` if you mean the text' if takes_any_text else None


def _list_hint(options: tuple[Type, ...]) -> str:
    item = next(option.item for option in options if isinstance(option, ListOf))
    each = f" for each {item.category}" if isinstance(item, Object) else " for each"
    return f"write a list: `[...]`, or a line with a dash{each}"


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _sections(section: Section) -> Iterator[Section]:
    yield section
    for field in section.fields:
        if isinstance(field.type, Section):
            yield from _sections(field.type)
