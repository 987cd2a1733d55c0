"""What to write instead: hints for what is wrong with a single key, name or value."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_NAMES_ELSEWHERE: Final = {
    ("layer", "Input"): _SHAPE,
    ("layer", "InputLayer"): _SHAPE,
    ("layer", "Lambda"): "a recipe holds no code; look for a layer that does it, or write it in Python",
    ("callback", "EarlyStopping"): "write `early_stopping: {patience: 10}` in `train`",
    ("callback", "ModelCheckpoint"): "leave it out: the best and the last epoch are kept in any case",
    ("callback", "BackupAndRestore"): "leave it out: `archcli resume` goes on with any run that was cut short",
    ("callback", "LearningRateScheduler"): "give the optimizer a schedule: `learning_rate: {ExponentialDecay: ...}`",
    ("callback", "TerminateOnNaN"): "leave it out: training stops when the loss is not a number",
}
"""What people know from Keras and a recipe has in another place."""

_ARGUMENTS_ELSEWHERE: Final = {
    "input_shape": _SHAPE,
    "batch_input_shape": _SHAPE,
    "lr": "did you mean `learning_rate`?",
    "decay": "give `learning_rate` a schedule: `learning_rate: {InverseTimeDecay: ...}`",
}

_KEYS_ELSEWHERE: Final = {
    "learning_rate": "write `optimizer: {Adam: {learning_rate: ...}}` in `train`",
    "lr": "write `optimizer: {Adam: {learning_rate: ...}}` in `train`",
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
    if key in _ARGUMENTS_ELSEWHERE:
        return _ARGUMENTS_ELSEWHERE[key]
    return did_you_mean(key, found.arguments)


def name_hint(text: str, category: str) -> str | None:
    """Say what a name may stand for that the category does not have."""
    known = names(category)
    if (category, text) in _NAMES_ELSEWHERE:
        return _NAMES_ELSEWHERE[category, text]
    if category == "cell" and canonical_name("layer", text)[0] is not None:
        return f"a cell is wanted here, such as `{near_match(text + 'Cell', known)}`; `{text}` is a layer"
    if near_match(text, known) is None:
        if category == "layer" and text in catalogue().activations:
            return f"`{text}` is an activation: write `Activation: {text}`"
        home = next((other for other in CATEGORIES if canonical_name(other, text)[0] is not None), None)
        if home is not None:
            return f"`{text}` is {with_article(home)}"
    return did_you_mean(text, known)


def type_hint(node: Node, type_: Type) -> str | None:
    """Say what to write where a value is not of the type that is wanted."""
    options = type_.types if isinstance(type_, Either) else (type_,)
    kinds = tuple(type(option) for option in options)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return _text_hint(node, options)
    if isinstance(node, ScalarNode) and isinstance(node.value, float) and Whole in kinds and node.value.is_integer():
        return f"write `{int(node.value)}`"
    if isinstance(node, ListNode) and (Text in kinds or Object in kinds) and len(node.items) == 1:
        return "write it without the brackets"
    if isinstance(node, ScalarNode) and node.value is not None and ListOf in kinds:
        return f"write `[{node.text}]`"
    if isinstance(node, MapNode) and ListOf in kinds:
        return "write a list: `[...]`, or a line with a dash for each"
    if isinstance(node, ScalarNode) and Text in kinds and node.value is not None:
        return f'write `"{node.text}"` if you mean the text'
    return None


def _text_hint(node: ScalarNode, options: tuple[Type, ...]) -> str | None:
    text = node.text.strip()
    kinds = tuple(type(option) for option in options)
    if Truth in kinds and text.lower() in ("true", "false"):
        return f"write `{text.lower()}` without quotes"
    if Truth in kinds and text.lower() in _BOOLEAN_WORDS:
        return f"`{text}` is a text in YAML 1.2: write `{_BOOLEAN_WORDS[text.lower()]}`"
    if text == "None":
        return "write `null`" if Null in kinds else "leave it out"
    if text.startswith("(") and text.endswith(")"):
        return f"YAML has no tuples: write `[{text[1:-1]}]`"
    glued = re.fullmatch(r"(\w+):(\S+)", text)
    if glued and (Section in kinds or MapOf in kinds):
        return f"a space is missing after the colon: write `{glued[1]}: {glued[2]}`"
    if Whole in kinds or Number in kinds:
        return _number_hint(text, quoted=node.quoted)
    return f"write `[{text}]`" if ListOf in kinds else None


def _number_hint(text: str, *, quoted: bool) -> str | None:
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


def _sections(section: Section) -> Iterator[Section]:
    yield section
    for field in section.fields:
        if isinstance(field.type, Section):
            yield from _sections(field.type)
