"""The tasks: examples made on the spot from a seed. What they are is said in `archcli.recipe.built_in`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from archcli.data.sources.tasks.abac import open_abac
from archcli.data.sources.tasks.adding import open_adding
from archcli.data.sources.tasks.copy import open_copy
from archcli.data.sources.tasks.dates import open_dates
from archcli.data.sources.tasks.delayed_echo import open_delayed_echo
from archcli.data.sources.tasks.digit_pairs import open_digit_pairs
from archcli.data.sources.tasks.grammars import open_embedded_reber, open_reber
from archcli.data.sources.tasks.mackey_glass import open_mackey_glass
from archcli.data.sources.tasks.moving_bars import open_moving_bars
from archcli.data.sources.tasks.noisy_patterns import open_noisy_patterns
from archcli.data.sources.tasks.objects import open_objects
from archcli.data.sources.tasks.parity import open_parity
from archcli.data.sources.tasks.past_vs_future import open_past_vs_future
from archcli.data.sources.tasks.pipelined_xor import open_pipelined_xor
from archcli.data.sources.tasks.plan_to_sequence import open_plan_to_sequence
from archcli.data.sources.tasks.shapes import open_shapes
from archcli.data.sources.tasks.temporal_xor import open_temporal_xor
from archcli.data.sources.tasks.truth_tables import open_truth_table
from archcli.data.sources.tasks.two_spirals import open_two_spirals
from archcli.data.sources.tasks.volumes import open_volumes
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

TASKS: Final[Mapping[str, Callable[[BuiltInSet], ArrayTable]]] = {
    "abac": open_abac,
    "adding": open_adding,
    "and": open_truth_table,
    "copy": open_copy,
    "dates": open_dates,
    "delayed_echo": open_delayed_echo,
    "digit_pairs": open_digit_pairs,
    "embedded_reber": open_embedded_reber,
    "mackey_glass": open_mackey_glass,
    "moving_bars": open_moving_bars,
    "noisy_patterns": open_noisy_patterns,
    "objects": open_objects,
    "or": open_truth_table,
    "parity": open_parity,
    "past_vs_future": open_past_vs_future,
    "pipelined_xor": open_pipelined_xor,
    "plan_to_sequence": open_plan_to_sequence,
    "reber": open_reber,
    "shapes": open_shapes,
    "temporal_xor": open_temporal_xor,
    "two_spirals": open_two_spirals,
    "volumes": open_volumes,
    "xor": open_truth_table,
}
"""What makes each."""
