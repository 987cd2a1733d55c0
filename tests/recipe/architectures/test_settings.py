"""Settings become plain data."""

from __future__ import annotations

from archcli.errors import Location, Source
from archcli.recipe.architectures import ARCHITECTURES
from archcli.recipe.architectures.settings import ACTIVATIONS, fill_settings, to_plain
from archcli.recipe.recipe import Fact

PLACE = Location(Source("recipe.yaml"), 1)


def test_facts_of_the_data_become_names_again() -> None:
    """A setting may ask the data, also inside a list or mapping."""
    value = {"chrono": Fact("steps", None, PLACE), "sizes": (1, Fact("features", "table", PLACE))}

    assert to_plain(value) == {"chrono": "$steps", "sizes": [1, "$features.table"]}


def test_what_is_left_out_gets_its_default() -> None:
    """A written null stays null where it means something, and other settings are as written."""
    filled = fill_settings(ARCHITECTURES["cnn"], {"pool": None, "filters": (8, 16)})

    assert (filled["pool"], filled["filters"], filled["kernel"], filled["pool_size"]) == (None, [8, 16], 3, None)


def test_a_filled_default_is_not_the_default_itself() -> None:
    """Whoever changes one list changes no other."""
    filled = fill_settings(ARCHITECTURES["mlp"], {})

    filled["hidden"].append(1)

    assert fill_settings(ARCHITECTURES["mlp"], {})["hidden"] == [64, 64]


def test_hidden_activations_work_on_each_number_by_itself() -> None:
    """What is normalised over all units is for answers."""
    assert not {"softmax", "sparsemax", "log_softmax", "glu"} & set(ACTIVATIONS)
