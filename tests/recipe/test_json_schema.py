"""The JSON Schema of recipes, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped]  # it publishes no types
import pytest

from archcli.recipe.gallery import shipped_schema
from archcli.recipe.json_schema import recipe_schema, schema_text
from archcli.recipe.nodes import data_of

if TYPE_CHECKING:
    from tests.recipe.conftest import Load

GOOD = """
archcli: 1
data: {source: iris}
model: {layers: [Dense: {units: 8, activation: relu}, Dropout: 0.5, Flatten, Dense: $classes]}
train: {epochs: 5, optimizer: adam, metrics: [accuracy]}
"""

LAYERS = "layers: [Dense: {units: 8, activation: relu}, Dropout: 0.5, Flatten, Dense: $classes]"

CHANGES = [
    # what is replaced in the good recipe, and by what
    ("archcli: 1", "archcli: 2"),
    ("archcli: 1", "archcli: '1'"),
    ("archcli: 1", "name: iris"),
    ("archcli: 1", "archcli: 1\nname: My Iris"),
    ("archcli: 1", "archcli: 1\nparameters: {Width: 8}"),
    ("data: {source: iris}", ""),
    ("data: {source: iris}", "data: {split: {test: 0.2}}"),
    ("source: iris", "source: irish"),
    ("source: iris", "sauce: iris"),
    ("source: iris", "source: {csv: {delimiter: ';'}}"),
    ("source: iris", "source: {csv: {path: a.csv, delimiter: '#'}}"),
    ("source: iris", "source: {digits: {as: photo}}"),
    ("source: iris", "source: iris, split: {validation: 1.5}"),
    ("source: iris", "source: iris, inputs: {Size: numeric}"),
    ("source: iris", "source: iris, inputs: {size: {numeric: {columns: []}}}"),
    ("source: iris", "source: iris, targets: {kind: {category: {column: a}}}"),
    ("[Dense: {units: 8, activation: relu}", "[Dense: {units: 8, activation: rellu}"),
    ("units: 8", "units: -8"),
    ("units: 8", "units: 8.5"),
    ("units: 8", "unit: 8"),
    ("units: 8", "units: [8]"),
    ("units: 8, activation", "activation"),
    ("Dropout: 0.5", "Dropout: 1.5"),
    ("Dropout: 0.5", "Dropout: half"),
    ("Dropout: 0.5", "{Dropout: 0.5, Flatten: }"),
    ("Flatten", "Flaten"),
    ("Flatten", "64"),
    ("Flatten", "[]"),
    ("Flatten", "Dense: {units: 3, use_bias: 'true'}"),
    ("Flatten", "Dense: {units: 3, kernel_initializer: {RandomNormal: 0.05}}"),
    ("Flatten", "Dense: {units: 3, kernel_regularizer: {L2: {l3: 1}}}"),
    ("Flatten", "Conv2D: {filters: 3, kernel_size: [3, 0]}"),
    ("Flatten", "Conv2D: {filters: 3, kernel_size: 3, padding: smae}"),
    ("Flatten", "Conv2D: 8"),
    ("Flatten", "Dense"),
    ("Flatten", "'Dense:'"),
    ("Flatten", "Dense: null"),
    ("Flatten", "RNN: {LSTM: 3}"),
    ("$classes", "$Classes"),
    ("$classes", "$classes*2"),
    ("epochs: 5", "epochs: 0"),
    ("epochs: 5", "epoch: 5"),
    ("epochs: 5", "early_stopping: {patients: 5}"),
    ("epochs: 5", "class_weight: {a: 0}"),
    ("epochs: 5", "class_weight: fair"),
    ("epochs: 5", "compile: jit"),
    ("optimizer: adam", "optimizer: adaam"),
    ("optimizer: adam", "optimizer: {Adam: {lr: 1}}"),
    ("optimizer: adam", "optimizer: {Adam: {learning_rate: {CosineDecay: {decay_steps: 3}}}}"),
    ("[accuracy]", "accuracy"),
    ("[accuracy]", "[acuracy]"),
    ("model: {layers:", "model: {layer:"),
    ("train: {", "training: {"),
    ("Flatten", "{Flatten: , repeat: 0}"),
    ("Flatten", "{repeat: 2}"),
    ("Flatten", "{Flatten: , Dense: 3, repeat: 2}"),
    (LAYERS, "nodes: [Flatten]"),
    (LAYERS, "nodes: {a: Flatten}"),
    (
        LAYERS,
        "nodes: {a: {Flaten: , from: input}}",
    ),
    (
        LAYERS,
        "nodes: {a: {Dense: {unit: 3}, from: input}}",
    ),
    (
        LAYERS,
        "nodes: {a: {Flatten, from: 3}}",
    ),
    (
        LAYERS,
        "nodes: {a: {Flatten, from: input, repeat: 0}}",
    ),
    (
        LAYERS,
        "architecture: {mlp: {hiden: 3}}",
    ),
    (
        LAYERS,
        "architecture: {mpl: {hidden: [3]}}",
    ),
    ("model: {layers:", "model: {blocks: {wide: {layer: [Flatten]}}, layers:"),
    ("model: {layers:", "model: {blocks: {Wide: {layers: [Flatten]}}, layers:"),
    ("model: {layers:", "model: {blocks: {wide: {layers: []}}, layers:"),
    ("model: {layers:", "model: {shared: {code: {Dens: 3}}, layers:"),
    ("epochs: 5", "tbptt: {}"),
    ("epochs: 5", "learning_rule: rosenblatt"),
    ("epochs: 5", "loss_weights: {a: -1}"),
    ("epochs: 5", "loss: {a: msee}"),
    ("[accuracy]", "{a: accuracy}"),
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Holds recipes against the schema."""
    return jsonschema.Draft202012Validator(recipe_schema())


def test_the_shipped_schema_is_that_of_the_program() -> None:
    """The file beside the gallery, which each recipe names in its first line; `make catalogue` writes it anew."""
    assert shipped_schema() == schema_text()


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[new for _, new in CHANGES])
def test_the_schema_refuses_what_checking_refuses(
    old: str, new: str, load: Load, validator: jsonschema.Draft202012Validator
) -> None:
    """Names, types, bounds, choices, missing and unknown keys at every level."""
    assert GOOD.count(old) == 1

    data = data_of(load(GOOD.replace(old, new)))

    assert validator.is_valid(data_of(load(GOOD)))
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    "text",
    [
        "archcli: 1\nextends: other.yaml\n",
        "extends: other.yaml\ndata: {split: {test: 0.3}}\nmodel: {build: functional}\ntrain: null\n",
        "extends: other.yaml\ndata: {inputs: {old: null}}\ntrain: {class_weight: {a: null}}\n",
    ],
)
def test_a_recipe_that_extends_another_may_leave_the_rest_to_it(
    text: str, load: Load, validator: jsonschema.Draft202012Validator
) -> None:
    """Only what it changes is written."""
    validator.validate(data_of(load(text)))


def test_every_option_is_described() -> None:
    """Editors show what a key is for while one types."""
    schema = recipe_schema()

    undescribed = [
        f"{path}.{name}"
        for path, section in (("", schema), ("train", schema["properties"]["train"]))
        for name, option in _properties(section).items()
        if not option.get("description")
    ]

    assert undescribed == []
    assert schema["$defs"]["layer.Dense"]["description"]


def _properties(section: dict[str, object]) -> dict[str, dict[str, object]]:
    for part in (section, *section.get("anyOf", ())):  # type: ignore[misc]  # a schema is plain JSON
        if "properties" in part:
            found: dict[str, dict[str, object]] = part["properties"]
            return found
    return {}
