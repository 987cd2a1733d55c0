"""Where a training runs, said and recorded; what cannot be is refused before anything is trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archcli.engine.checkpoints import Checkpoint, CheckpointFolder
from archcli.engine.compile_mode import Mode
from archcli.engine.distribution.cluster import Cluster
from archcli.engine.distribution.distribution import ALONE, Distribution, open_distribution
from archcli.engine.distribution.following import FollowerFolder
from archcli.engine.distribution.modes import choose_shared_mode
from archcli.engine.distribution.sharing import SharedRequest, chiefs_number, chiefs_text, gather_numbers
from archcli.engine.feeding import Examples
from archcli.engine.interruption import StopRequest
from archcli.engine.replicas import OneReplica, Replicas
from archcli.engine.rules import make_rule
from archcli.engine.settings import Settings
from archcli.errors import RecipeError, SetupError

CHOSEN = Mode("xla", "chosen")
SETTINGS = Settings(epochs=1, batch_size=2, seed=0, monitor="loss")
EXAMPLES = Examples(np.zeros((4, 5), "int32"), np.zeros((4, 1), "float32"))


class Two(OneReplica):
    """Looks like two replicas."""

    is_many = True


def _two(*layers: Any) -> tuple[keras.Model, Replicas]:
    model = keras.Sequential([keras.Input((5,), dtype="int32"), *layers])
    model.compile("sgd", "mse")
    return model, Two(model)


def test_one_device_is_one_replica_of_one_worker() -> None:
    """It is the chief, and needs no scope."""
    assert (ALONE.replica_count, ALONE.worker_count, ALONE.worker_index, ALONE.is_chief) == (1, 1, 0, True)
    assert ALONE.describe() == "one device"
    assert ALONE.record() == {"mode": "none", "replicas": 1, "workers": 1}
    assert open_distribution("none") is ALONE


def test_mirrored_on_one_device_is_that_of_none() -> None:
    """The log says so."""
    opened = open_distribution("mirrored")

    assert opened.strategy is None
    assert opened.describe() == "distribute mirrored: there is one device, so that training is that of `none`"


def test_workers_are_wanted_where_the_recipe_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any said, nothing is begun."""
    for name in ("TF_CONFIG", "SLURM_JOB_ID", "JOB_COMPLETION_INDEX"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SetupError, match="wants to know who the workers are"):
        open_distribution("multi_worker")


def test_the_first_worker_is_the_chief() -> None:
    """The others are not."""
    second = Distribution("multi_worker", None, Cluster(("a:1", "b:2"), 1, "Slurm"))

    assert (second.worker_count, second.worker_index, second.is_chief) == (2, 1, False)
    assert second.record() == {"mode": "multi_worker", "replicas": 1, "workers": 2, "found_in": "Slurm"}


def test_one_worker_tells_itself() -> None:
    """Nothing is sent."""
    request = StopRequest()

    assert gather_numbers(ALONE, 7) == [7]
    assert chiefs_number(ALONE, 7) == 7
    assert chiefs_text(ALONE, "größer") == "größer"
    assert not SharedRequest(request, ALONE).is_made
    request.receive(15, None)
    assert (SharedRequest(request, ALONE).is_made, SharedRequest(request, ALONE).exit_status) == (True, 143)


def test_one_replica_keeps_the_mode_that_was_chosen() -> None:
    """XLA included."""
    model, _ = _two(keras.layers.Dense(1))

    assert choose_shared_mode(model, CHOSEN, "auto", OneReplica(model)) == CHOSEN


def test_several_replicas_take_the_graph_unless_told() -> None:
    """XLA is taken where it is asked for and can be."""
    model, two = _two(keras.layers.Dense(1))

    assert choose_shared_mode(model, CHOSEN, "auto", two).name == "graph"
    assert choose_shared_mode(model, CHOSEN, "xla", two) == CHOSEN


@pytest.mark.parametrize(
    ("layers", "what"),
    [
        ([keras.layers.Dense(2), keras.layers.BatchNormalization()], "`BatchNormalization`"),
        ([keras.layers.Embedding(3, 2, mask_zero=True), keras.layers.LSTM(1)], "masks of padding"),
    ],
)
def test_xla_is_refused_where_replicas_meet_within_a_step(layers: list[Any], what: str) -> None:
    """The layer, or masks, are named."""
    model, two = _two(*layers)

    with pytest.raises(RecipeError) as raised:
        choose_shared_mode(model, CHOSEN, "xla", two)

    (problem,) = raised.value.problems
    assert problem.code == "distribution-does-not-fit"
    assert problem.message == (
        f"`train.compile: xla` cannot compile {what}, for which replicas meet in the middle of a step"
    )


@pytest.mark.parametrize(
    ("name", "settings"), [("window", {"window": 2}), ("bucket_by_length", {"bucket_by_length": True})]
)
def test_what_is_for_one_device_is_refused(name: str, settings: dict[str, Any]) -> None:
    """The engine does so where no recipe was checked."""
    model, two = _two(keras.layers.Dense(1))

    with pytest.raises(RecipeError, match=f"`{name}` is for one device, and 1 replicas train"):
        make_rule(model, EXAMPLES, replace(SETTINGS, **settings), replicas=two)


def test_a_follower_reads_checkpoints_and_writes_none(tmp_path: Path) -> None:
    """The chief's files are as before, also those that are in between."""
    chief = CheckpointFolder(tmp_path)
    chief.keep_best(Checkpoint([np.array([1.0], "float32")], {"epoch": 3}))
    chief.save_last(Checkpoint([np.array([2.0], "float32")], {"epoch": 4}))
    follower = FollowerFolder(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    last, best = follower.load_last(), follower.load_best(3)
    follower.save_last(Checkpoint([np.array([9.0], "float32")], {"epoch": 5}))
    follower.clear()

    assert last is not None
    assert (last.variables[0][0], best.variables[0][0]) == (2.0, 1.0)
    assert follower.is_due() is False
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_follower_holds_the_best_epoch_itself(tmp_path: Path) -> None:
    """It need not see the chief's folder where a run is not resumed."""
    follower = FollowerFolder(tmp_path / "elsewhere")
    follower.keep_best(Checkpoint([np.array([1.0], "float32")], {"epoch": 3}))

    assert follower.load_last() is None
    assert follower.load_best(3).metadata == {"epoch": 3}
