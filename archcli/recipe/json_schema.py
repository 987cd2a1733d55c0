"""The recipe language as a JSON Schema, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any, Final

from archcli.recipe.calls import CALL_ARGUMENTS
from archcli.recipe.gallery import SCHEMA_FILE
from archcli.recipe.schema import RECIPE, REPEAT, SPACE, SPACE_FORMS
from archcli.recipe.signatures import names, other_names, signature
from archcli.recipe.types import (
    GIVEN_NAME_PATTERN,
    RECIPE_NAME_PATTERN,
    Anything,
    Either,
    Field,
    FilePath,
    GivenName,
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
    Use,
    Whole,
)

EDITOR_HEADER: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}"
"""What a recipe begins with so that editors find the schema beside it."""

_REFERENCE: Final = {"type": "string", "pattern": rf"^\${GIVEN_NAME_PATTERN}(\.{GIVEN_NAME_PATTERN})?$"}


def schema_text() -> str:
    """Return the schema as it ships beside the gallery: a line for each definition."""
    schema = recipe_schema()
    lines = [
        f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in schema.pop("$defs").items()
    ]
    head = json.dumps(schema, indent=1).removesuffix("\n}")
    return head + ',\n "$defs": {\n' + ",\n".join(lines) + "\n }\n}\n"


def recipe_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of recipes.

    It accepts every recipe that checks, with one exception: an argument that a thing needs, left to the recipe that is
    extended.
    """
    writer = _SchemaWriter()
    schema = writer.section(RECIPE)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "archcli recipe",
        **schema,
        "if": {"not": {"required": ["extends"]}},
        "then": _needs(RECIPE),
        "$defs": dict(sorted(writer.definitions.items())),
    }


def _needs(section: Section) -> dict[str, Any]:
    """Write which keys a section needs, and the sections in it; a recipe that extends another may leave them to it."""
    inner = {field.name: _needs(field.type) for field in section.fields if isinstance(field.type, Section)}
    needs = {name: needed for name, needed in inner.items() if needed}
    required = [field.name for field in section.fields if field.required]
    return ({"required": required} if required else {}) | ({"properties": needs} if needs else {})


class _SchemaWriter:
    """Writes types as schemas; what is named goes into `$defs` once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}

    def type(self, type_: Type) -> dict[str, Any]:
        match type_:
            case Either():
                return {"anyOf": [self.type(option) for option in type_.types]}
            case Whole() | Number():
                return _number(type_)
            case Truth():
                return {"type": "boolean"}
            case Null():
                return {"type": "null"}
            case Text() | GivenName() | FilePath():
                return _text(type_)
            case ListOf():
                return {"type": "array", "items": self.value(type_.item), "minItems": type_.minimum_length}
            case MapOf():
                names_pattern = {"propertyNames": {"pattern": f"^{GIVEN_NAME_PATTERN}$"}} if type_.given_names else {}
                return {"type": "object", "additionalProperties": _or_null(self.value(type_.value)), **names_pattern}
            case Anything():
                return {}
            case Section():
                return self.section(type_)
            case Object():
                return self.named(type_.category)
            case Use():
                return self.use()

    def value(self, type_: Type) -> dict[str, Any]:
        """Write a value, which may be a `$name` too; null is "not here"."""
        written = self.type(type_)
        plain = not written or isinstance(type_, Section)
        return written if plain else {"anyOf": [written, {"$ref": self._reference()}]}

    def section(self, section: Section) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {field.name: self._field(field, optional=True) for field in section.fields},
            **({"oneOf": [_given(form) for form in SPACE_FORMS]} if section is SPACE else {}),
        }

    def use(self) -> dict[str, Any]:
        """Write a node of a graph: a layer's name, `from`, and what the layer is called with."""
        if "node" not in self.definitions:
            self.definitions["node"] = {}
            names_of = {"type": ["string", "array"], "items": {"type": "string"}}
            given = {argument: {"type": ["string", "array", "boolean"]} for argument in sorted(CALL_ARGUMENTS)}
            self.definitions["node"] = {
                "type": "object",
                "properties": {
                    "from": {"description": "What it reads: the name of a node or input, or a list.", **names_of},
                    "layers": {"description": "Layers one after another.", **self.type(ListOf(Object("layer")))},
                    "repeat": {"description": "How often, one after another.", **self.value(REPEAT)},
                    **given,
                    **(layers := self._by_name("layer")[0]),
                },
                "propertyNames": {"anyOf": [{"enum": sorted(layers)}, {"pattern": f"^{GIVEN_NAME_PATTERN}$"}]},
            }
        return {"$ref": "#/$defs/node"}

    def named(self, category: str) -> dict[str, Any]:
        if category not in self.definitions:
            self.definitions[category] = {}  # before its parts, which may name it again
            self.definitions[category] = self._named(category)
        return {"$ref": f"#/$defs/{category}"}

    def _by_name(self, category: str) -> tuple[dict[str, Any], list[str]]:
        """Write what each name of a category takes, and list those that may stand alone."""
        properties: dict[str, Any] = {}
        alone: list[str] = []
        for name in names(category):
            found = signature(category, name)
            if found is not None:
                key = f"{category}.{name}"
                self.definitions[key] = self._arguments(found)
                properties[name] = {"$ref": f"#/$defs/{key}"}
                alone += [] if _required(found) else [name]
        others = other_names(category)
        for other, name in others.items():
            properties[other] = {"$ref": f"#/$defs/{category}.{name}"}
            alone += [other] if name in alone else []
        return properties, alone

    def _named(self, category: str) -> dict[str, Any]:
        properties, alone = self._by_name(category)
        mapping = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
        options: list[dict[str, Any]] = [{"enum": alone}, {**mapping, "properties": properties}]
        if category == "layer":
            # Blocks and shared layers are called as the user likes, in small letters.
            repeated = {"repeat": self.value(REPEAT)}
            allowed = {"additionalProperties": False, "patternProperties": {f"^{GIVEN_NAME_PATTERN}$": {}}}
            one, two = ({"minProperties": count, "maxProperties": count} for count in (1, 2))
            own = {"type": "object", "if": {"required": ["repeat"]}, "then": two, "else": one}
            options = [
                {"enum": alone},
                {"type": "string", "pattern": f"^{GIVEN_NAME_PATTERN}$"},
                {**own, "properties": {**properties, **repeated}, **allowed},
            ]
        if category in ("layer", "cell", "input"):  # a chain, a stack of cells, inputs side by side
            options.append({"type": "array", "minItems": 1, "items": self.value(Object(category))})
        return {"anyOf": options}

    def _arguments(self, found: Signature) -> dict[str, Any]:
        by_name = {
            "type": "object",
            "additionalProperties": False,
            "properties": {field.name: self._field(field, optional=False) for field in found.arguments.values()},
            "required": sorted(_required(found)),
        }
        options: list[dict[str, Any]] = [by_name]
        if not _required(found):
            options.append({"type": "null"})
        if found.first is not None and _required(found) <= {found.first}:
            options.append(self.value(found.arguments[found.first].type))
        return {"description": found.summary, "anyOf": options}

    def _field(self, field: Field, *, optional: bool) -> dict[str, Any]:
        written = self.value(field.type)
        if optional:
            written = _or_null(written)
        if field.doc:
            written = {"description": field.doc, **written}
        if field.default is not None and isinstance(field.default, (bool, int, float, str)):
            written = {**written, "default": field.default}
        return written

    def _reference(self) -> str:
        self.definitions.setdefault("reference", dict(_REFERENCE))
        return "#/$defs/reference"


def _given(form: str) -> dict[str, Any]:
    """Write that a tuned path says what is tried in this form; a range has two ends."""
    ends = {} if form == "choice" else {"minItems": 2, "maxItems": 2}
    return {"required": [form], "properties": {form: {"not": {"type": "null"}, **ends}}}


def _or_null(written: dict[str, Any]) -> dict[str, Any]:
    """Write that a value may be null, too: "not here"."""
    return {"anyOf": [*written.get("anyOf", [written]), {"type": "null"}]} if written else written


def _required(found: Signature) -> set[str]:
    """Return the arguments that a named thing cannot do without."""
    return {field.name for field in found.arguments.values() if field.required}


def _text(type_: Text | GivenName | FilePath) -> dict[str, Any]:
    if isinstance(type_, Text) and type_.choices:
        return {"enum": list(type_.choices)}
    if isinstance(type_, GivenName):
        return {"type": "string", "pattern": f"^{RECIPE_NAME_PATTERN if type_.dashes else GIVEN_NAME_PATTERN}$"}
    return {"type": "string"}


def _number(type_: Whole | Number) -> dict[str, Any]:
    bounds = {"minimum": type_.minimum, "maximum": type_.maximum}
    if isinstance(type_, Number):
        bounds |= {"exclusiveMinimum": type_.above, "exclusiveMaximum": type_.below}
    kind = "integer" if isinstance(type_, Whole) else "number"
    return {"type": kind, **{name: bound for name, bound in bounds.items() if bound is not None}}
