"""A recipe with folds: a run for each, and their scores together."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

import pytest

from archcli.cli.app import main

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
name: folded
data: {source: wine, split: {folds: 3}}
model: {layers: [Dense: $classes]}
train: {epochs: 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe of three folds."""
    folder = tmp_path_factory.mktemp("folded")
    (folder / "folded.yaml").write_text(RECIPE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    """What `train --json` says of it."""
    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), pytest.raises(SystemExit):
        main(["train", "folded.yaml", "--json", "--quiet"])
    return json.loads(out.getvalue())


@pytest.mark.slow
def test_each_fold_is_a_run_and_the_report_their_mean_and_spread(folder: Path, told: Any) -> None:
    """Three runs, each with another test; mean and sample deviation are those of the runs' own scores."""
    runs = [folder / one["run"] for one in told["folds"]]
    accuracies = [json.loads((run / "metrics.json").read_text())["scores"]["test"]["accuracy"] for run in runs]
    assert accuracies == [one["scores"]["accuracy"] for one in told["folds"]]
    assert told["scores"]["accuracy"] == {"mean": mean(accuracies), "deviation": stdev(accuracies)}
    described = [json.loads((run / "data.json").read_text())["split"]["fold"] for run in runs]
    assert described == [1, 2, 3]
    dummies = [
        json.loads((run / "metrics.json").read_text())["baselines"]["majority_class"]["accuracy"] for run in runs
    ]
    baseline = told["baselines"]["majority_class"]["accuracy"]
    assert baseline == {"mean": mean(dummies), "deviation": stdev(dummies)}


@pytest.mark.slow
def test_one_fold_alone_is_the_run_that_it_was_among_all(folder: Path, told: Any, archcli: Archcli) -> None:
    """`fold: 2` gives the same numbers whether the others were trained before it or not."""
    among = told["folds"][1]["scores"]

    alone = json.loads(archcli("train", "folded.yaml", "data.split.fold=2", "--json", "--quiet", cwd=folder).out)

    assert alone["scores"]["test"] == among


@pytest.mark.slow
def test_lines_name_folds_and_runs(folder: Path, archcli: Archcli) -> None:
    """Progress goes to standard error, the table to standard output."""
    done = archcli("train", "folded.yaml", cwd=folder)

    assert done.out.split()[:5] == ["score", "fold", "1", "fold", "2"]
    assert done.out.splitlines()[-1].startswith("accuracy of majority_class  ")
    assert [line.split()[:2] for line in done.err.splitlines()[:3]] == [["fold", f"{n}/3"] for n in (1, 2, 3)]
    assert done.err.splitlines()[-1] == "next: archcli runs show folded"
